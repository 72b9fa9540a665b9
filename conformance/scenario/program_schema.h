// The ops of FIXTURE.md with their members: the one place that says which program is well-formed.
#pragma once

#include <string>
#include <vector>

#include "conformance/scenario/members.h"
#include "core/json.h"

namespace torpor::scenario {

std::vector<std::string> op_names();

void check_program(Diagnostics& diagnostics, const Json& program, const std::string& pointer);

}  // namespace torpor::scenario
