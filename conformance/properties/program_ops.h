// The ops of a program, as the follower asks for them.
#pragma once

#include <string>

#include "core/json.h"

namespace torpor::properties {

// What tells in the log that ops behind an await, or of a timer, go on.
bool is_marker(const Json& op);
// A list of ops as a handler has them: chosen by text or segment where there is a choice.
const Json& chosen(const Json& program, const char* handler, const std::string& by);

}  // namespace torpor::properties
