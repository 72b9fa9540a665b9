// One case on one target: installs the program, does the steps, reads the log, yields a trace.
// Sans-IO: the simulator and the real targets drive it alike.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "conformance/run/client.h"
#include "conformance/run/http_call.h"
#include "conformance/scenario/case.h"
#include "core/time.h"
#include "core/trace/trace.h"
#include "sim/chooser.h"
#include "sim/client_transport.h"

namespace torpor::run {

enum class Trouble {
  kUnreachable,  // no connection, or no answer to a control call
  kDied,         // it answered before, and does not any more
  kHarness,      // the target's answer breaks the fixture contract
};

struct RunError {
  Trouble trouble;
  std::string message;
};

enum class RestartKind { kDeploy, kCrash };
// A restart that is not a control call of the target's own: answers with an HTTP-like status when
// it is done. The fixture's memory is then gone: program and counters are loaded again.
using Restart = std::function<void(RestartKind kind, std::function<void(int status)> done)>;

struct RunOptions {
  std::string object_name;
  Restart restart;  // absent: POST /torpor/1/deploy or crash
  // Of the log, while a step waits for an entry; then twice as long each.
  Duration poll_first = milliseconds(20);
  Duration poll_max = milliseconds(320);
  Duration answer_timeout = milliseconds(10'000);  // for each control call
  bool usage_at_end = false;  // of a target that has the feature: the trace ends with it
  // The target's clock is that of the run: when entries of its log were written is worth keeping.
  bool log_times = false;
};

class CaseRun {
 public:
  // All references outlive the run.
  CaseRun(const scenario::Case& scenario_case, sim::ClientTransport& transport,
          sim::Chooser& chooser, RunOptions options);
  ~CaseRun();
  CaseRun(const CaseRun&) = delete;
  CaseRun& operator=(const CaseRun&) = delete;

  void start(Time now);
  // To be called after every report of the transport, and when a deadline has come.
  void advance(Time now);
  std::optional<Time> next_deadline() const;
  bool done() const { return phase_ == Phase::kDone; }
  // What befell the target from outside, now: a line of the trace.
  void note(const std::string& kind, Json members) { record("harness", kind, std::move(members)); }
  // The target is gone: ends the run.
  void fail(RunError error);

  // Events without the header. REQUIRES: done(). Once.
  std::variant<std::vector<trace::Event>, RunError> take_result();

 private:
  enum class Phase { kInstalling, kStepping, kSettling, kReadingLog, kDone };

  void record(const std::string& actor, const std::string& kind, Json members = Json::object());
  void call(sim::PlainRequest request, HttpCall::Done done);
  void install(std::function<void()> then);
  void read_log(std::function<void()> then);
  void take_log(const HttpAnswer& answer);
  void read_usage(const std::string& actor, std::function<void(int status)> then);
  void run_steps();
  void begin_step(const scenario::Step& step);
  bool step_is_done();
  bool holds(const scenario::step::Await& await);
  void finish_run();
  Client& client(const std::string& name);
  void listen();
  std::string path_of(const std::string& segment, const std::string& client) const;
  void collect_calls();

  void begin(const scenario::step::Connect& step);
  void begin(const scenario::step::Request& step);
  void begin(const scenario::step::Answer& step);
  void begin(const scenario::step::Wait& step);
  void begin(const scenario::step::Hibernate& step);
  void begin(const scenario::step::Await& step);
  void begin(const scenario::step::Evict& step);
  void begin(const scenario::step::Deploy& step);
  void begin(const scenario::step::Crash& step);
  void begin(const scenario::step::StorageFaults& step);
  void begin(const scenario::step::Usage& step);
  void restart(RestartKind kind);
  template <typename ClientStep>
  void begin(const ClientStep& step);
  void control_done(const std::string& name, int status);
  void poll_log();

  const scenario::Case& case_;
  sim::ClientTransport& transport_;
  sim::Chooser& chooser_;
  RunOptions options_;
  Phase phase_ = Phase::kInstalling;
  Time started_{};
  Time now_{};
  std::size_t step_ = 0;
  bool in_step_ = false;
  std::optional<Time> step_deadline_;  // when the step is done, or gives up
  std::optional<Time> settle_until_;
  std::optional<Time> call_deadline_;
  std::optional<Time> next_poll_;
  Duration poll_interval_{};
  bool control_answered_ = false;
  bool ever_answered_ = false;
  std::map<std::string, std::unique_ptr<Client>> clients_;
  std::string remotes_;  // of the case, and where they are, as a query
  std::uint64_t next_entity_ = 1;
  std::unique_ptr<HttpCall> call_;
  std::vector<std::unique_ptr<HttpCall>> ended_calls_;
  std::vector<Json> log_;
  Json resets_;               // as the last answer told them
  std::size_t log_read_ = 0;  // entries of the fixture's present log
  std::int64_t instances_ = 0;
  std::vector<trace::Event> events_;
  std::optional<RunError> error_;
};

}  // namespace torpor::run
