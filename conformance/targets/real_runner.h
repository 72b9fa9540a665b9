// Runs many cases at the same time over real TCP, on one thread.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "conformance/run/case_run.h"
#include "conformance/targets/target.h"

namespace torpor::targets {

struct Job {
  const scenario::Case* scenario_case;
  boost::asio::ip::tcp::endpoint endpoint;
  std::string object_name;
  run::Restart restart = {};
  bool once = false;  // its server is not as it was afterwards
};

struct RunnerEvents {
  std::function<void(const Job&)> started;
  std::function<void(const Job&, std::variant<std::vector<trace::Event>, run::RunError>)> finished;
  std::function<void()> idle;
  // What is wrong with the target as a whole, if anything: every case that is not finished ends
  // with it.
  std::function<std::optional<run::RunError>()> health;
};

class RealRunner {
 public:
  // `at_once`: how many cases that wait for time to pass run beside each other.
  RealRunner(std::uint64_t seed, std::size_t at_once);
  ~RealRunner();
  RealRunner(const RealRunner&) = delete;
  RealRunner& operator=(const RealRunner&) = delete;

  // Whether all were run; not when `stop` was set. Exclusive cases come first, one
  // after the other; then the quick ones, a few at a time; then those that wait, so that nothing
  // keeps the harness or the target from being on time. A case during which the harness itself was
  // late is run again, if it can be.
  bool run(const std::vector<Job>& jobs, const RunnerEvents& events, const std::atomic<bool>& stop);

  // One control call of its own; the answer's status is 0 when none came within `patience`.
  run::HttpAnswer call(const boost::asio::ip::tcp::endpoint& endpoint,
                       const sim::PlainRequest& request, Duration patience);

 private:
  struct Active;
  Time now() const;
  bool run_all(const std::vector<const Job*>& jobs, std::size_t at_once, const RunnerEvents& events,
               const std::atomic<bool>& stop);
  void start(const Job& job, unsigned attempt);
  void turn(const RunnerEvents& events);
  void collect(const RunnerEvents& events);

  std::uint64_t seed_;
  std::size_t at_once_;
  const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  boost::asio::io_context loop_{1};
  std::vector<std::unique_ptr<Active>> active_;
};

}  // namespace torpor::targets
