// What a case needs of a target, against what the target has.
#pragma once

#include <string>
#include <vector>

#include "conformance/scenario/case.h"

namespace torpor::targets {

// Why the case cannot be run on a target with these features; empty when it can.
std::string missing_feature(const scenario::Case& scenario_case,
                            const std::vector<std::string>& features);

// Whether the case has the target deployed, which no other case would survive.
bool needs_deploy(const scenario::Case& scenario_case);

// Whether two configurations mean the same for WebSockets: the same flags are on.
bool same_behaviour(const scenario::Configuration& a, const scenario::Configuration& b);

}  // namespace torpor::targets
