#include "conformance/bench/replay.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <variant>

#include "conformance/bench/meter.h"
#include "conformance/judge/replay_compare.h"
#include "conformance/judge/replay_lines.h"
#include "conformance/scenario/loader.h"
#include "conformance/statements/registry.h"
#include "core/trace/octets.h"
#include "core/trace/reader.h"
#include "core/trace/writer.h"
#include "core/websocket/frame.h"

namespace torpor::bench {
namespace {

constexpr std::size_t kReplayClients = 10;

constexpr const char* kScenario = R"({
  "id": "bench/replay",
  "title": "Clients whose messages are echoed",
  "statements": ["HIB-01"],
  "program": {
    "fetch": [{"op": "upgrade", "api": "hibernation"}],
    "message": [{"op": "send", "data": {"$": "event", "field": "message"}}]
  },
  "steps": [{"do": "connect", "client": "a"}],
  "expect": {"a": [{"open": {}}]}
})";

// What no two runs of a real server have in common.
struct Keys {
  std::string accept;
  std::uint32_t mask;
};
const Keys kRecordedKeys{"a key", 0xa1b2c3d4};

trace::Event open_event(const std::string& key, Time at, const std::string& actor) {
  return {at,
          actor,
          "open",
          {{"status", 101},
           {"headers", Json::array({Json::array({"Connection", "Upgrade"}),
                                    Json::array({"Upgrade", "websocket"}),
                                    Json::array({"Sec-WebSocket-Accept", key})})},
           {"body", ""},
           {"octets", "485454502f312e3120313031"}}};
}

// The i-th event after the handshakes: a message, its log entry, its echo, of one client after the
// other.
trace::Event echo_event(std::size_t i, std::uint32_t mask, Time at) {
  const std::size_t message = i / 3;
  const std::string client = "b" + std::to_string(message % kReplayClients);
  const std::string text = "message " + std::to_string(message);
  if (i % 3 == 0)
    return {at,
            "client:" + client,
            "sent",
            {{"octets", trace::octets_to_json(websocket::make_frame(websocket::Opcode::kText, text,
                                                                    {.mask_key = mask}))}}};
  if (i % 3 == 2) return {at, "client:" + client, "text", {{"text", text}, {"compressed", false}}};
  return {at,
          "object",
          "log",
          {{"entry", Json{{"seq", message},
                          {"instance", 1},
                          {"event", "message"},
                          {"socket", client},
                          {"data", text},
                          {"readyState", 1}}}}};
}

trace::Trace make_trace(const scenario::Case& scenario_case, std::size_t events, const Keys& keys,
                        Duration each) {
  trace::Trace trace;
  trace.header = {.case_id = scenario_case.id,
                  .scenario = scenario_case.source,
                  .target_name = "sim",
                  .target_version = "1",
                  .profile = "parity",
                  .seed = 1,
                  .tape = nullptr};
  trace.events.reserve(events);
  trace.events.push_back(open_event(keys.accept, Time{}, "client:a"));
  for (std::size_t i = 0; i < kReplayClients; ++i)
    trace.events.push_back(open_event(keys.accept, Time{}, "client:b" + std::to_string(i)));
  for (std::size_t i = 0; trace.events.size() < events; ++i)
    trace.events.push_back(echo_event(i, keys.mask, Time(each * static_cast<std::int64_t>(i))));
  trace.digest = trace::digest_of(trace.events);
  return trace;
}

// A file that is gone with its holder.
class TemporaryTrace {
 public:
  explicit TemporaryTrace(const trace::Trace& trace)
      : path_(std::filesystem::temp_directory_path() /
              ("torpor-bench-" + std::to_string(getpid()) + ".jsonl")) {
    std::ofstream out(path_, std::ios::binary);
    trace::write(out, trace);
    if (!out.flush()) throw WrongWork("the trace cannot be written to " + path_.string());
  }
  ~TemporaryTrace() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  TemporaryTrace(const TemporaryTrace&) = delete;
  TemporaryTrace& operator=(const TemporaryTrace&) = delete;

  std::string path() const { return path_.string(); }
  std::uintmax_t size() const { return std::filesystem::file_size(path_); }

 private:
  std::filesystem::path path_;
};

judge::Comparison read_and_compare(const std::string& path, const trace::Trace& fresh,
                                   const scenario::Case& scenario_case,
                                   const statements::Registry& registry) {
  const auto outline = trace::outline_file(path);
  if (!outline) throw WrongWork("the trace cannot be read");
  if (judge::same_by_digest(outline->digest, fresh)) return {.sameness = judge::Sameness::kSame};
  std::ifstream lines(path, std::ios::binary);
  if (judge::same_line_by_line(lines, fresh)) return {.sameness = judge::Sameness::kSame};
  const trace::ReadResult read = trace::read_file(path);
  if (const auto* error = std::get_if<trace::ReadError>(&read)) throw WrongWork(error->to_string());
  return judge::compare(std::get<trace::Trace>(read), fresh, scenario_case,
                        compat::Profile::kParity, registry);
}

Outcome run(std::size_t events, const Keys& fresh_keys) {
  const statements::LoadedRegistry statements = statements::embedded_registry();
  scenario::Loaded loaded = scenario::load_scenario_text(kScenario, "replay", statements.registry);
  if (!loaded.ok()) throw WrongWork(loaded.problems.front().to_string());
  const scenario::Case& scenario_case = loaded.cases.front();
  const TemporaryTrace file(make_trace(scenario_case, events, kRecordedKeys, Duration(7)));
  const trace::Trace fresh = make_trace(scenario_case, events, fresh_keys, Duration(9));
  const Stopwatch stopwatch;
  const judge::Comparison comparison =
      read_and_compare(file.path(), fresh, scenario_case, statements.registry);
  const double seconds = stopwatch.seconds();
  if (comparison.sameness != judge::Sameness::kSame) throw WrongWork("the traces are not the same");
  return {seconds,
          seconds,
          {{"events", static_cast<double>(events)}, {"octets", static_cast<double>(file.size())}}};
}

}  // namespace

Outcome run_replay_of_the_same(std::size_t events) {
  return run(events, kRecordedKeys);
}

Outcome run_replay_with_other_keys(std::size_t events) {
  return run(events, {"another key", 0x5a6b7c8d});
}

}  // namespace torpor::bench
