// The ops of a program, as the follower asks for them.
#pragma once

#include <string>

#include "core/json.h"

namespace torpor::properties {

// What tells in the log that ops behind an await, or of a timer, go on.
bool is_marker(const Json& op);
// Whether a handler made of these ops may go on in a later turn than the one that it begins in.
bool may_await(const Json& ops);
// Of a worker: whether they accept a socket and call it so; whether one that takes the socket of a
// request with those ops and hears its Close may be told of a loss behind that (OUT-16 to OUT-18);
// whether the value is logged in a timer, and nothing keeps the worker until it fires.
bool accepts(const Json& worker, const std::string& name);
bool hears_of_loss(const Json& fetch, const Json& worker);
bool is_in_idle_timer(const Json& worker, const Json& value);
// A list of ops as a handler has them: chosen by text or segment where there is a choice.
const Json& chosen(const Json& program, const char* handler, const std::string& by);

}  // namespace torpor::properties
