// Traces as targets make them.
#pragma once

#include <variant>
#include <vector>

#include "conformance/targets/target.h"

namespace torpor::targets {

trace::Trace make_trace(const scenario::Case& scenario_case, const Facts& facts,
                        const Settings& settings, std::vector<trace::Event> events, Json tape);

Observation observation_of(const scenario::Case& scenario_case, const Facts& facts,
                           const Settings& settings,
                           std::variant<std::vector<trace::Event>, run::RunError> result);

}  // namespace torpor::targets
