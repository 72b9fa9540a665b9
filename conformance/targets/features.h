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

// Why a case is not for a target that serves another configuration: the flag by which they differ
// for WebSockets, or what Torpor does not know of the target's. Nothing when they mean the same.
std::optional<std::string> difference(const scenario::Configuration& of_case,
                                      const scenario::Configuration& served);

}  // namespace torpor::targets
