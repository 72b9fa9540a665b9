#include "conformance/targets/workerd_target.h"

#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "conformance/targets/features.h"
#include "conformance/targets/real_runner.h"
#include "conformance/targets/sample_workers.h"
#include "conformance/targets/traces.h"
#include "conformance/targets/workerd_process.h"

namespace torpor::targets {
namespace {

using boost::asio::ip::tcp;

constexpr std::size_t kAtOnce =
    1024;  // every case that waits for an eviction waits beside the others
constexpr std::size_t kLogLines = 8;
constexpr int kDone = 204;
constexpr int kFailed = 500;

tcp::endpoint local(std::uint16_t port) {
  return {boost::asio::ip::address_v4::loopback(), port};
}

// The newest compatibility date that a workerd says it has when it is given a later one.
std::optional<std::string> newest_date_in(const std::string& message) {
  constexpr std::string_view kSays = "the newest date supported by this server binary is \"";
  constexpr std::size_t kDate = std::string_view("2026-11-24").size();
  const auto at = message.find(kSays);
  if (at == std::string::npos || message.size() < at + kSays.size() + kDate) return std::nullopt;
  return message.substr(at + kSays.size(), kDate);
}

// A workerd and the restart that somebody waits for on it.
class Server {
 public:
  explicit Server(WorkerdProcess::Options options) : process_(std::move(options)) {}

  WorkerdProcess& process() { return process_; }

  void restart(run::RestartKind kind, std::function<void(int)> done) {
    if (kind == run::RestartKind::kCrash) {
      process_.crash();
    } else if (!process_.deploy()) {
      return done(kFailed);
    }
    waiting_ = std::move(done);
  }
  void poll() {
    if (waiting_ && process_.ready()) std::exchange(waiting_, nullptr)(kDone);
  }
  std::optional<run::RunError> health() {
    if (process_.alive()) return std::nullopt;
    return run::RunError{run::Trouble::kDied, "workerd has died; its last words:\n" +
                                                  process_.last_log_lines(kLogLines)};
  }

 private:
  WorkerdProcess process_;
  std::function<void(int)> waiting_;
};

class WorkerdTarget final : public Target {
 public:
  WorkerdTarget(const std::optional<std::string>& version, const Settings& settings)
      : settings_(settings) {
    try {
      binary_ = find_workerd_binary(version);
    } catch (const std::runtime_error& problem) {
      throw TargetError(false, problem.what());
    }
  }

  Facts facts() override {
    return {"workerd",
            workerd_version(binary_),
            1,
            {"crash", "deploy", "evict", "outgoing", "storage"}};
  }

  bool run(const std::vector<scenario::Case>& cases, const Events& events,
           const std::atomic<bool>& stop) override {
    const Facts known = facts();
    servers_.clear();
    std::vector<Job> jobs;
    try {
      jobs = prepared(cases, events, known);
    } catch (const std::runtime_error& problem) {
      throw TargetError(false, problem.what());
    }
    RealRunner runner(settings_.seed, settings_.jobs ? settings_.jobs : kAtOnce);
    RunnerEvents told;
    told.started = [&](const Job& job) { events.started(*job.scenario_case); };
    told.finished = [&](const Job& job, auto result) {
      events.finished(*job.scenario_case,
                      observation_of(*job.scenario_case, known, settings_, std::move(result)));
    };
    told.idle = [&] {
      for (const auto& server : servers_) server->poll();
      if (events.idle) events.idle();
    };
    told.health = [&]() -> std::optional<run::RunError> {
      for (const auto& server : servers_) {
        if (auto sick = server->health()) return sick;
      }
      return std::nullopt;
    };
    const bool complete = runner.run(jobs, told, stop);
    servers_.clear();
    return complete;
  }

 private:
  WorkerdProcess::Options options(std::vector<WorkerdProcess::Service> services, bool watch) const {
    return {.binary = binary_,
            .fixture_dir = default_fixture_dir(),
            .services = std::move(services),
            .watch = watch};
  }

  WorkerdProcess::Service service_of(const scenario::Case& scenario_case) {
    const scenario::Configuration& wanted = scenario_case.configuration;
    WorkerdProcess::Service service{wanted.compatibility_date, wanted.compatibility_flags};
    if (scenario_case.sample) service.worker = samples_.worker_of(*scenario_case.sample);
    service.evicts = scenario_case.needs_feature("evict");
    return service;
  }

  // A workerd does not start at all when one service wants a date that it does not have yet: it is
  // asked once, and then started for the others.
  std::vector<Job> prepared(const std::vector<scenario::Case>& cases, const Events& events,
                            const Facts& known) {
    try {
      return prepare(cases, events, known);
    } catch (const std::runtime_error& problem) {
      newest_date_ = newest_date_in(problem.what());
      if (!newest_date_) throw;
      servers_.clear();
      return prepare(cases, events, known);
    }
  }

  std::optional<Observation> too_late(const scenario::Case& scenario_case) const {
    const std::string& date = scenario_case.configuration.compatibility_date;
    if (!newest_date_ || date <= *newest_date_) return std::nullopt;
    return Observation{.not_applicable = scenario_case.file + ": compatibilityDate " + date +
                                         " is later than the newest of this workerd, " +
                                         *newest_date_};
  }

  // One workerd for all, each configuration a service of it, and another for those that evict, so
  // that its experimental flags touch nobody else. A deploy would hit every case: a case that makes
  // one has a workerd to itself.
  std::vector<Job> prepare(const std::vector<scenario::Case>& cases, const Events& events,
                           const Facts& known) {
    std::vector<const scenario::Case*> shared, evicting, alone;
    std::vector<std::pair<const scenario::Case*, Observation>> refused;
    for (const scenario::Case& scenario_case : cases) {
      auto why = refusal(scenario_case, known.features);
      if (!why) why = too_late(scenario_case);
      if (why) {
        refused.emplace_back(&scenario_case, *std::move(why));
      } else {
        const bool by_itself = restarts(scenario_case) || scenario_case.exclusive;
        const bool evicts = scenario_case.needs_feature("evict");
        (by_itself ? alone : evicts ? evicting : shared).push_back(&scenario_case);
      }
    }
    std::vector<Job> jobs;
    if (!shared.empty()) add_shared(shared, jobs);
    if (!evicting.empty()) add_shared(evicting, jobs);
    for (const scenario::Case* scenario_case : alone) add_alone(*scenario_case, jobs);
    // Only now: of a target that cannot be started nothing is told but that.
    for (auto& [scenario_case, why] : refused) {
      events.started(*scenario_case);
      events.finished(*scenario_case, std::move(why));
    }
    return jobs;
  }

  void add_shared(const std::vector<const scenario::Case*>& cases, std::vector<Job>& jobs) {
    std::vector<WorkerdProcess::Service> services;
    std::map<std::pair<std::string, std::vector<std::string>>, std::size_t> fixtures;
    std::vector<std::size_t> index;  // of each case's service
    for (const scenario::Case* scenario_case : cases) {
      // A sample has one object for all who come: no two cases may meet there.
      const scenario::Configuration& wanted = scenario_case->configuration;
      const auto key = std::pair(wanted.compatibility_date, wanted.compatibility_flags);
      const bool known = !scenario_case->sample && fixtures.contains(key);
      index.push_back(known ? fixtures.at(key) : services.size());
      if (known) continue;
      if (!scenario_case->sample) fixtures.emplace(key, services.size());
      services.push_back(service_of(*scenario_case));
    }
    servers_.push_back(std::make_unique<Server>(options(std::move(services), false)));
    const auto& ports = servers_.back()->process().ports();
    for (std::size_t i = 0; i < cases.size(); ++i) {
      jobs.push_back({cases[i],
                      local(ports[index[i]]),
                      "c" + std::to_string(jobs.size()),
                      {},
                      cases[i]->sample.has_value()});
    }
  }

  void add_alone(const scenario::Case& scenario_case, std::vector<Job>& jobs) {
    servers_.push_back(std::make_unique<Server>(options({service_of(scenario_case)}, true)));
    Server* server = servers_.back().get();
    jobs.push_back({&scenario_case, local(server->process().ports().front()),
                    "d" + std::to_string(jobs.size()),
                    [server](run::RestartKind kind, std::function<void(int)> done) {
                      server->restart(kind, std::move(done));
                    }});
  }

  Settings settings_;
  std::filesystem::path binary_;
  SampleWorkers samples_;
  std::optional<std::string> newest_date_;  // once a case has wanted a later one
  std::vector<std::unique_ptr<Server>> servers_;
};

}  // namespace

std::unique_ptr<Target> make_workerd_target(std::optional<std::string> version,
                                            const Settings& settings) {
  return std::make_unique<WorkerdTarget>(version, settings);
}

}  // namespace torpor::targets
