#include "conformance/targets/features.h"

#include <algorithm>
#include <variant>

#include "core/compat/flags.h"

namespace torpor::targets {

std::optional<Observation> refusal(const scenario::Case& scenario_case,
                                   const std::vector<std::string>& features) {
  for (const std::string& need : scenario_case.needs) {
    if (std::find(features.begin(), features.end(), need) != features.end()) continue;
    if (need == "storageFaults")
      return Observation{.not_applicable = "only a simulated server's writes can be made to fail"};
    if (need == "virtualTime")
      return Observation{.not_applicable = "only in a simulation is time exact, and waiting free"};
    if (need == "usage")
      return Observation{.not_applicable = "the target does not count what an object costs"};
    return Observation{.not_testable = "the target has no control for '" + need + "'"};
  }
  return std::nullopt;
}

bool restarts(const scenario::Case& scenario_case) {
  return scenario_case.needs_feature("deploy") || scenario_case.needs_feature("crash");
}

bool same_behaviour(const scenario::Configuration& a, const scenario::Configuration& b) {
  const auto left = compat::resolve_flags(a.compatibility_date, a.compatibility_flags);
  const auto right = compat::resolve_flags(b.compatibility_date, b.compatibility_flags);
  if (!std::holds_alternative<compat::Flags>(left) || !std::holds_alternative<compat::Flags>(right))
    return a == b;
  for (const compat::FlagRule& rule : compat::flag_rules()) {
    if (std::get<compat::Flags>(left).*rule.member != std::get<compat::Flags>(right).*rule.member)
      return false;
  }
  return true;
}

}  // namespace torpor::targets
