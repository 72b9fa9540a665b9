#include "conformance/targets/real_runner.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "conformance/targets/tcp_transport.h"
#include "sim/oracle.h"

namespace torpor::targets {
namespace {

constexpr Duration kTurnMax = milliseconds(50);  // so that a stop and a dead target are noticed

// Each case draws its keys from a stream of its own, whatever runs beside it.
std::uint64_t seed_of(std::uint64_t seed, const std::string& name) {
  std::uint64_t hash = 14695981039346656037u ^ seed;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return hash;
}

}  // namespace

struct RealRunner::Active {
  Active(const Job& its_job, RealRunner& runner)
      : job(its_job),
        oracle(sim::Oracle::calm(seed_of(runner.seed_, its_job.scenario_case->id))),
        transport(runner.loop_, its_job.endpoint, [&runner] { return runner.now(); }),
        run(*its_job.scenario_case, transport, oracle, {.object_name = its_job.object_name, .deploy = its_job.deploy}) {}

  const Job& job;
  sim::Oracle oracle;
  TcpTransport transport;
  run::CaseRun run;
};

RealRunner::RealRunner(std::uint64_t seed, std::size_t at_once) : seed_(seed), at_once_(at_once) {}
RealRunner::~RealRunner() = default;

Time RealRunner::now() const {
  return Time(std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - started_));
}

void RealRunner::start(const Job& job, const RunnerEvents& events) {
  events.started(job);
  active_.push_back(std::make_unique<Active>(job, *this));
  active_.back()->run.start(now());
}

// Waits for the next octets or deadline, handles all that is there, and lets every case go on.
void RealRunner::turn(const RunnerEvents& events) {
  Time until = now() + kTurnMax;
  for (const auto& active : active_) {
    if (const auto deadline = active->run.next_deadline()) until = std::min(until, *deadline);
  }
  loop_.restart();
  loop_.run_one_until(started_ + std::chrono::microseconds(to_microseconds(until)));
  loop_.poll();
  const Time present = now();
  for (const auto& active : active_) active->run.advance(present);
  if (const auto sick = events.health ? events.health() : std::nullopt) {
    for (const auto& active : active_) active->run.fail(*sick);
  }
  collect(events);
}

void RealRunner::collect(const RunnerEvents& events) {
  std::vector<std::unique_ptr<Active>> done;
  for (auto& active : active_) {
    if (active->run.done()) done.push_back(std::move(active));
  }
  std::erase(active_, nullptr);
  for (const auto& active : done) events.finished(active->job, active->run.take_result());
}

bool RealRunner::run(const std::vector<Job>& jobs, const RunnerEvents& events, const std::atomic<bool>& stop) {
  std::size_t next = 0;
  while (!stop && (next < jobs.size() || !active_.empty())) {
    while (next < jobs.size() && active_.size() < at_once_) start(jobs[next++], events);
    turn(events);
    if (events.idle) events.idle();
  }
  active_.clear();
  return !stop;
}

run::HttpAnswer RealRunner::call(const boost::asio::ip::tcp::endpoint& endpoint, const sim::PlainRequest& request,
                                 Duration patience) {
  sim::Oracle oracle = sim::Oracle::calm(seed_);
  TcpTransport transport(loop_, endpoint, [this] { return now(); });
  run::HttpAnswer answer;
  run::HttpCall call(transport, oracle, request, [&](run::HttpAnswer came) { answer = std::move(came); });
  const auto until = std::chrono::steady_clock::now() + patience;
  while (!call.finished() && std::chrono::steady_clock::now() < until) {
    loop_.restart();
    loop_.run_one_until(until);
  }
  if (!call.finished()) call.give_up("no answer within " + std::to_string(to_milliseconds(patience)) + " ms");
  return answer;
}

}  // namespace torpor::targets
