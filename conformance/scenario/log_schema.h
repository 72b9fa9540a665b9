// What a log entry of FIXTURE.md may have, so that a pattern that could never match is told at
// once.
#pragma once

#include <string>

#include "conformance/scenario/members.h"
#include "core/json.h"

namespace torpor::scenario {

void check_log_pattern(Diagnostics& diagnostics, const Json& pattern, const std::string& pointer);

}  // namespace torpor::scenario
