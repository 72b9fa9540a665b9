// What an expectation of what an object has cost may name: the answer of the fixture contract.
#pragma once

#include <string>

#include "conformance/scenario/members.h"
#include "core/json.h"

namespace torpor::scenario {

void check_usage_pattern(Diagnostics& diagnostics, const Json& pattern, const std::string& pointer);

}  // namespace torpor::scenario
