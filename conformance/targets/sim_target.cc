#include "conformance/targets/sim_target.h"

#include <utility>

#include "conformance/targets/simulated.h"
#include "conformance/targets/traces.h"
#include "core/compat/parameters.h"
#include "core/mutants.h"
#include "sim/tape.h"

namespace torpor::targets {
namespace {

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
    SimulatedOptions options = options_of(scenario_case, parameters_);
    const bool own = scenario_case.simulation.has_value();
    const bool random = settings_.random_network;
    if (!own) {
      if (random) options.network = sim::NetworkOptions::random();
      options.oracle =
          random ? sim::Oracle::from_seed(settings_.seed) : sim::Oracle::calm(settings_.seed);
    }
    options.turns_max = settings_.turns_max;
    const mutants::Planted planted(mutant_);
    Simulated simulated = simulate(scenario_case, std::move(options), stop);
    if (const auto* error = std::get_if<run::RunError>(&simulated.events)) return {.error = *error};
    return {.trace = make_trace(scenario_case, facts(), settings_,
                                std::get<std::vector<trace::Event>>(std::move(simulated.events)),
                                random || own ? sim::to_json(simulated.tape) : Json(nullptr))};
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
