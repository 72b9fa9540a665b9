// Whether a value in a program is tagged JSON (core/value/README.md) or one of the fixture's own
// tags.
#pragma once

#include <string>

#include "conformance/scenario/members.h"
#include "core/json.h"

namespace torpor::scenario {

void check_value(Diagnostics& diagnostics, const Json& value, const std::string& pointer);

}  // namespace torpor::scenario
