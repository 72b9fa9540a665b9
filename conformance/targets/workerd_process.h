// A workerd of our own that serves the JavaScript fixture, each compatibility date as a service
// with a port of its own, and other workers likewise.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "conformance/targets/workerd_config.h"

namespace torpor::targets {

// Whether it has the form of a version of the npm package: numbers with dots between them.
bool is_workerd_version(const std::string& text);
// The workerd to run: $TORPOR_WORKERD, else the installed npm package. A `version` (of npm,
// "1.20261117.1") other than the installed one is fetched once with npm into the user's cache.
// Throws std::runtime_error that says what to do.
std::filesystem::path find_workerd_binary(const std::optional<std::string>& version);
// By the package.json of the npm package it lies in; "unknown" without one.
std::string workerd_version(const std::filesystem::path& binary);
// tools/fixture of the source tree.
std::filesystem::path default_fixture_dir();
// Whether something listens on 127.0.0.1:port.
bool accepts(std::uint16_t port);

// Not for use by several threads: the child dies with the thread that started it.
class WorkerdProcess {
 public:
  // A worker that is one module. `main` is copied.
  struct Worker {
    std::filesystem::path main;
    std::vector<wrangler::DurableClass> classes;
    std::vector<wrangler::Binding> bindings;
  };
  struct Service {
    std::string compatibility_date;
    std::vector<std::string> flags;
    std::optional<Worker> worker = std::nullopt;  // the fixture
    // The fixture can evict objects. Costs two experimental compatibility flags.
    bool evicts = false;
  };
  struct Options {
    std::filesystem::path binary;
    // Holds the fixture's modules, and tagged_json.mjs (or that is where the repository has it, as
    // seen from there).
    std::filesystem::path fixture_dir;
    std::vector<Service> services;
    bool watch = false;  // needed for deploy()
  };

  // Returns when every service listens. Throws std::runtime_error with workerd's own words when
  // that does not come about.
  explicit WorkerdProcess(Options options);
  // Stops it and removes its folder.
  ~WorkerdProcess();
  WorkerdProcess(const WorkerdProcess&) = delete;
  WorkerdProcess& operator=(const WorkerdProcess&) = delete;

  // One for each service, in their order; the same for life.
  const std::vector<std::uint16_t>& ports() const { return ports_; }
  bool alive();
  // Alive, and listening on every port since the last start or deploy().
  bool ready();
  // A code update, as far as a single workerd has one: it notices that a module has changed, drops
  // every connection and starts afresh; ready() says when that is done. False without `watch`, or
  // when it does not run.
  bool deploy();
  // Kills it as a crash would and starts it on the same ports and storage; ready() says when it
  // serves again.
  void crash();
  // The same, and waits; throws like the constructor.
  void restart();
  // Takes at most a moment: workerd would wait for open sockets without end.
  void stop();
  std::string last_log_lines(std::size_t count) const;

  const std::filesystem::path& folder() const { return folder_; }
  pid_t pid() const { return pid_; }  // -1 when it does not run

 private:
  void make_folder();
  void copy_modules();
  void add_fixture();
  static void let_evict(WorkerdService& service);
  void add_worker(std::size_t index, const Worker& worker);
  void write_config() const;
  void start_on_free_ports();
  void launch();
  // False when it gave up, or did not listen in time.
  bool wait_until_ready();
  void kill_now();
  std::string log_since_launch() const;
  [[noreturn]] void fail() const;

  Options options_;
  std::filesystem::path folder_;
  std::vector<WorkerdService> services_;
  std::vector<std::uint16_t> ports_;
  pid_t pid_ = -1;
  std::uintmax_t log_start_ = 0;  // of what the present incarnation wrote
  unsigned deploys_ = 0;
};

}  // namespace torpor::targets
