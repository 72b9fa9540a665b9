#include "conformance/targets/real_runner.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "conformance/targets/tcp_transport.h"
#include "sim/oracle.h"

namespace torpor::targets {
namespace {

constexpr Duration kTurnMax = milliseconds(50);  // so that a stop and a dead target are noticed
constexpr int kHandlersPerTurnMax = 256;
constexpr Duration kLateMax = milliseconds(250);  // what the expectations' windows leave room for
constexpr Duration kQuickMax = milliseconds(3'000);
constexpr std::size_t kQuickAtOnce = 16;
constexpr unsigned kAttemptsMax = 3;

// The time that a case lets pass on purpose.
Duration waiting_of(const scenario::Case& scenario_case) {
  Duration waiting{};
  for (const scenario::Step& step : scenario_case.steps) {
    if (const auto* wait = std::get_if<scenario::step::Wait>(&step.action))
      waiting += wait->duration;
    if (std::holds_alternative<scenario::step::Hibernate>(step.action))
      waiting += scenario::step::kHibernateWait;
    const auto* await = std::get_if<scenario::step::Await>(&step.action);
    if (await && await->timeout > milliseconds(5'000)) waiting += await->timeout;
  }
  return waiting;
}

// Each case draws its keys from a stream of its own, whatever runs beside it.
std::uint64_t seed_of(std::uint64_t seed, const std::string& name) {
  std::uint64_t hash = 14695981039346656037u ^ seed;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return hash;
}

}  // namespace

struct RealRunner::Active {
  Active(const Job& its_job, unsigned its_attempt, RealRunner& runner)
      : job(its_job),
        attempt(its_attempt),
        oracle(sim::Oracle::calm(seed_of(runner.seed_, its_job.scenario_case->id))),
        transport(runner.loop_, its_job.endpoint, [&runner] { return runner.now(); }),
        run(*its_job.scenario_case, transport, oracle,
            {.object_name = name(), .restart = its_job.restart}) {}

  std::string name() const {
    return attempt == 1 ? job.object_name : job.object_name + "-" + std::to_string(attempt);
  }

  const Job& job;
  unsigned attempt;
  Duration late{};  // at worst, of the harness's loop behind its time
  sim::Oracle oracle;
  TcpTransport transport;
  run::CaseRun run;
};

RealRunner::RealRunner(std::uint64_t seed, std::size_t at_once) : seed_(seed), at_once_(at_once) {}
RealRunner::~RealRunner() = default;

Time RealRunner::now() const {
  return Time(std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - started_));
}

void RealRunner::start(const Job& job, unsigned attempt) {
  active_.push_back(std::make_unique<Active>(job, attempt, *this));
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
  // Not until nothing is ready: a target that floods would never let a deadline come.
  for (int handled = 0; handled < kHandlersPerTurnMax && loop_.poll_one() > 0; ++handled) {
  }
  const Time present = now();
  for (const auto& active : active_) {
    active->late = std::max(active->late, present - until);
    active->run.advance(present);
  }
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
  for (const auto& active : done) {
    // A case with a deploy has changed its server: it cannot be run there again.
    if (active->late > kLateMax && active->attempt < kAttemptsMax && !active->job.restart &&
        !active->job.once) {
      start(active->job, active->attempt + 1);
    } else {
      events.finished(active->job, active->run.take_result());
    }
  }
}

bool RealRunner::run(const std::vector<Job>& jobs, const RunnerEvents& events,
                     const std::atomic<bool>& stop) {
  std::vector<const Job*> exclusive, quick, slow;
  for (const Job& job : jobs) {
    const scenario::Case& scenario_case = *job.scenario_case;
    if (scenario_case.exclusive) {
      exclusive.push_back(&job);
    } else {
      (waiting_of(scenario_case) <= kQuickMax ? quick : slow).push_back(&job);
    }
  }
  return run_all(exclusive, 1, events, stop) &&
         run_all(quick, std::min(at_once_, kQuickAtOnce), events, stop) &&
         run_all(slow, at_once_, events, stop);
}

bool RealRunner::run_all(const std::vector<const Job*>& jobs, std::size_t at_once,
                         const RunnerEvents& events, const std::atomic<bool>& stop) {
  std::size_t next = 0;
  while (!stop && (next < jobs.size() || !active_.empty())) {
    while (next < jobs.size() && active_.size() < at_once) {
      events.started(*jobs[next]);
      start(*jobs[next++], 1);
    }
    turn(events);
    if (events.idle) events.idle();
  }
  active_.clear();
  return !stop;
}

run::HttpAnswer RealRunner::call(const boost::asio::ip::tcp::endpoint& endpoint,
                                 const sim::PlainRequest& request, Duration patience) {
  sim::Oracle oracle = sim::Oracle::calm(seed_);
  TcpTransport transport(loop_, endpoint, [this] { return now(); });
  run::HttpAnswer answer;
  run::HttpCall call(transport, oracle, request,
                     [&](run::HttpAnswer came) { answer = std::move(came); });
  const auto until = std::chrono::steady_clock::now() + patience;
  while (!call.finished() && std::chrono::steady_clock::now() < until) {
    loop_.restart();
    loop_.run_one_until(until);
  }
  if (!call.finished())
    call.give_up("no answer within " + std::to_string(to_milliseconds(patience)) + " ms");
  return answer;
}

}  // namespace torpor::targets
