// What a case needs of a target, against what the target has.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "conformance/scenario/case.h"
#include "conformance/targets/target.h"

namespace torpor::targets {

// Why the case cannot be run on a target with these features, as what is told of it; nothing when
// it can. What only a simulated server can have is not applicable to others; what else is missing
// makes the case not testable.
std::optional<Observation> refusal(const scenario::Case& scenario_case,
                                   const std::vector<std::string>& features);

// Whether it has the target restarted, which every other case would feel.
bool restarts(const scenario::Case& scenario_case);

// Whether two configurations mean the same for WebSockets: the same flags are on.
bool same_behaviour(const scenario::Configuration& a, const scenario::Configuration& b);

}  // namespace torpor::targets
