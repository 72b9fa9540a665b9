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

std::optional<std::string> difference(const scenario::Configuration& of_case,
                                      const scenario::Configuration& served) {
  if (of_case == served) return std::nullopt;
  const auto wanted =
      compat::resolve_flags(of_case.compatibility_date, of_case.compatibility_flags);
  const auto given = compat::resolve_flags(served.compatibility_date, served.compatibility_flags);
  if (const auto* error = std::get_if<compat::FlagError>(&wanted))
    return "the case's configuration is not understood: " + error->message;
  if (const auto* error = std::get_if<compat::FlagError>(&given))
    return "the target's configuration is not understood: " + error->message;
  for (const compat::FlagRule& rule : compat::flag_rules()) {
    const bool on = std::get<compat::Flags>(wanted).*rule.member;
    if (on == std::get<compat::Flags>(given).*rule.member) continue;
    return "the case, of compatibility date " + of_case.compatibility_date + ", has " +
           std::string(rule.enable) + (on ? " on" : " off") + ", the target, of " +
           served.compatibility_date + ", has it " + (on ? "off" : "on") +
           "; start the target with compatibility date " + of_case.compatibility_date;
  }
  return std::nullopt;
}

}  // namespace torpor::targets
