#include "conformance/targets/simulated.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "core/compat/flags.h"
#include "reference-server/fixture/fixture_app.h"
#include "reference-server/samples/samples.h"

namespace torpor::targets {
namespace {

constexpr std::uint64_t kTurnsAfterwardsMax = 100'000;
constexpr const char* kObjectName = "object-under-test";

std::unique_ptr<server::App> app_of(const scenario::Case& scenario_case) {
  for (const server::samples::Sample& sample : server::samples::all_samples()) {
    if (scenario_case.sample && sample.name == scenario_case.sample->name) return sample.make();
  }
  return server::fixture::make_fixture_app({scenario_case.configuration.compatibility_date,
                                            scenario_case.configuration.compatibility_flags});
}

class Drive {
 public:
  Drive(sim::World& world, run::CaseRun& run, const std::atomic<bool>& stop,
        std::uint64_t turns_max)
      : world_(world), run_(run), stop_(stop), turns_max_(turns_max) {}

  // Until the case is over, or `stop`.
  void to_the_end() {
    run_.start(world_.now());
    for (std::uint64_t turn = 0; !run_.done() && !stop_; ++turn) {
      const auto event = world_.next_event_time(), deadline = run_.next_deadline();
      if (!event && !deadline)
        return run_.fail({run::Trouble::kHarness, "nothing more can happen"});
      if (turn == turns_max_)
        return run_.fail({run::Trouble::kHarness, "the model does not come to rest"});
      if (event && (!deadline || *event <= *deadline)) {
        step();
      } else {
        world_.advance_to(std::max(world_.now(), *deadline));
      }
      run_.advance(world_.now());
    }
  }

  void beyond(Duration afterwards) {
    const Time until = world_.now() + afterwards;
    for (std::uint64_t turn = 0; turn < kTurnsAfterwardsMax && !stop_; ++turn) {
      const auto event = world_.next_event_time();
      if (!event || *event > until) return;
      world_.step();
    }
  }

 private:
  void step() {
    world_.step();
    for (const sim::ObjectFault& fault : world_.take_object_faults())
      run_.note("fault", {{"fault", std::string(name_of(fault.kind))}});
  }

  sim::World& world_;
  run::CaseRun& run_;
  const std::atomic<bool>& stop_;
  std::uint64_t turns_max_;
};

Simulated failed(const std::string& why) {
  Simulated simulated;
  simulated.events = run::RunError{run::Trouble::kHarness, why};
  return simulated;
}

}  // namespace

SimulatedOptions options_of(const scenario::Case& scenario_case,
                            const compat::Parameters& parameters) {
  SimulatedOptions options;
  options.parameters = parameters;
  if (!scenario_case.simulation) return options;
  const scenario::Simulation& simulation = *scenario_case.simulation;
  options.network = simulation.network;
  options.faults = simulation.objects;
  options.oracle = simulation.choices
                       ? sim::Oracle::from_choices(simulation.seed, *simulation.choices)
                       : sim::Oracle::from_seed(simulation.seed);
  return options;
}

Simulated simulate(const scenario::Case& scenario_case, SimulatedOptions options,
                   const std::atomic<bool>& stop) {
  const auto flags = compat::resolve_flags(scenario_case.configuration.compatibility_date,
                                           scenario_case.configuration.compatibility_flags);
  if (const auto* problem = std::get_if<compat::FlagError>(&flags)) return failed(problem->message);
  server::ServerOptions server;
  server.parameters = options.parameters;
  server.flags = std::get<compat::Flags>(flags);
  server.app = app_of(scenario_case);
  sim::World world(std::move(server), options.network, std::move(options.oracle), options.limits,
                   options.faults);
  run::CaseRun run(
      scenario_case, world, world.oracle(),
      {.object_name = kObjectName, .restart = {}, .usage_at_end = true, .log_times = true});
  Drive drive(world, run, stop, options.turns_max);
  Simulated simulated;
  try {
    drive.to_the_end();
    if (!run.done()) return failed("interrupted");
    simulated.events = run.take_result();
    simulated.world_events = world.events();
    simulated.digest = world.digest().hex();
    simulated.checkpoints = world.checkpoints();
    simulated.tape = world.oracle().tape();
    simulated.eventful = world.oracle().eventful();
    // Everything that happened in the world, not only what clients and the fixture saw, is part of
    // the trace.
    if (auto* events = std::get_if<std::vector<trace::Event>>(&simulated.events)) {
      events->push_back({Time(world.now()),
                         "harness",
                         "world",
                         {{"events", simulated.world_events}, {"digest", simulated.digest}}});
    }
    drive.beyond(options.afterwards);
  } catch (const sim::Livelock& livelock) {
    return failed(livelock.what());
  }
  return simulated;
}

}  // namespace torpor::targets
