#include "conformance/targets/sim_target.h"

#include <utility>

#include "conformance/targets/traces.h"
#include "core/compat/flags.h"
#include "core/compat/parameters.h"
#include "core/mutants.h"
#include "reference-server/fixture/fixture_app.h"
#include "reference-server/samples/samples.h"
#include "sim/world.h"

namespace torpor::targets {
namespace {

constexpr Duration kAfterwards = milliseconds(60'000);
constexpr std::uint64_t kTurnsAfterwardsMax = 100'000;
constexpr const char* kObjectName = "object-under-test";

std::unique_ptr<server::App> app_of(const scenario::Case& scenario_case) {
  for (const server::samples::Sample& sample : server::samples::all_samples()) {
    if (scenario_case.sample && sample.name == scenario_case.sample->name) return sample.make();
  }
  return server::fixture::make_fixture_app({scenario_case.configuration.compatibility_date,
                                            scenario_case.configuration.compatibility_flags});
}

mutants::Mutant mutant_named(const std::string& name) {
  if (name.empty()) return mutants::Mutant::kNone;
  if (!mutants::kAvailable)
    throw TargetError(true,
                      "no mutants are in this build; the presets dev, asan and clang have them");
  if (const mutants::Description* found = mutants::find(name)) return found->mutant;
  throw TargetError(true,
                    "unknown mutant '" + name + "'; `torpor mutants --list` shows which there are");
}

class SimTarget final : public Target {
 public:
  explicit SimTarget(const Settings& settings)
      : settings_(settings),
        parameters_(compat::parameters_of(settings.profile)),
        mutant_(mutant_named(settings.mutant)) {
    for (const std::string& assignment : settings.overrides) {
      if (const auto problem = compat::override_parameter(parameters_, assignment))
        throw TargetError(true, *problem);
    }
  }

  Facts facts() override {
    return {"sim",
            TORPOR_VERSION + (settings_.mutant.empty() ? "" : "+" + settings_.mutant),
            1,
            {"crash", "deploy", "evict", "outgoing", "storage", "storageFaults", "usage",
             "virtualTime"}};
  }

  bool run(const std::vector<scenario::Case>& cases, const Events& events,
           const std::atomic<bool>& stop) override {
    for (const scenario::Case& scenario_case : cases) {
      if (stop) return false;
      events.started(scenario_case);
      Observation observation = observe(scenario_case, stop);
      if (stop) return false;
      events.finished(scenario_case, std::move(observation));
    }
    return true;
  }

 private:
  Observation observe(const scenario::Case& scenario_case, const std::atomic<bool>& stop) {
    const auto flags = compat::resolve_flags(scenario_case.configuration.compatibility_date,
                                             scenario_case.configuration.compatibility_flags);
    if (const auto* problem = std::get_if<compat::FlagError>(&flags)) {
      return {.error = run::RunError{run::Trouble::kHarness, problem->message}};
    }
    server::ServerOptions options;
    options.parameters = parameters_;
    options.flags = std::get<compat::Flags>(flags);
    options.app = app_of(scenario_case);
    const mutants::Planted planted(mutant_);
    const bool random = settings_.random_network;
    sim::World world(
        std::move(options), random ? sim::NetworkOptions::random() : sim::NetworkOptions{},
        random ? sim::Oracle::from_seed(settings_.seed) : sim::Oracle::calm(settings_.seed));
    run::CaseRun run(scenario_case, world, world.oracle(),
                     {.object_name = kObjectName, .restart = {}, .usage_at_end = true});
    drive(world, run, stop);
    Observation observation = outcome(scenario_case, world, run);
    outlive(world, stop);
    return observation;
  }

  // Until the case is over, or `stop`.
  void drive(sim::World& world, run::CaseRun& run, const std::atomic<bool>& stop) const {
    run.start(world.now());
    for (std::uint64_t turn = 0; !run.done() && !stop; ++turn) {
      const auto event = world.next_event_time(), deadline = run.next_deadline();
      if (!event && !deadline) return run.fail({run::Trouble::kHarness, "nothing more can happen"});
      if (turn == settings_.turns_max)
        return run.fail({run::Trouble::kHarness, "the model does not come to rest"});
      if (event && (!deadline || *event <= *deadline)) {
        world.step();
      } else {
        world.advance_to(std::max(world.now(), *deadline));
      }
      run.advance(world.now());
    }
  }

  // A server goes on when a case is over: what would break it then, an eviction above all, is to
  // break this run.
  static void outlive(sim::World& world, const std::atomic<bool>& stop) {
    const Time until = world.now() + kAfterwards;
    for (std::uint64_t turn = 0; turn < kTurnsAfterwardsMax && !stop; ++turn) {
      const auto event = world.next_event_time();
      if (!event || *event > until) return;
      world.step();
    }
  }

  Observation outcome(const scenario::Case& scenario_case, sim::World& world, run::CaseRun& run) {
    auto result = run.take_result();
    if (auto* error = std::get_if<run::RunError>(&result)) return {.error = *error};
    auto events = std::get<std::vector<trace::Event>>(std::move(result));
    // Everything that happened in the world, not only what clients and the fixture saw, is part of
    // the trace's digest.
    events.push_back({Time(world.now()),
                      "harness",
                      "world",
                      {{"events", world.events()}, {"digest", world.digest().hex()}}});
    const bool random = settings_.random_network;
    return {.trace = make_trace(scenario_case, facts(), settings_, std::move(events),
                                random ? sim::to_json(world.oracle().tape()) : Json(nullptr))};
  }

  Settings settings_;
  compat::Parameters parameters_;
  mutants::Mutant mutant_;
};

}  // namespace

std::unique_ptr<Target> make_sim_target(const Settings& settings) {
  return std::make_unique<SimTarget>(settings);
}

}  // namespace torpor::targets
