// The answer to the fixture contract's question what an object has cost, and what holds it.
#pragma once

#include "core/json.h"
#include "core/object/object.h"

namespace torpor::server {

// Durations in microseconds. Null for an object that never was: it has cost nothing.
Json usage_json(const object::Object* object);

}  // namespace torpor::server
