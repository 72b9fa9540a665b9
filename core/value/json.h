// Tagged JSON: how scenarios, fixture logs and traces write JavaScript values (README.md has the
// table). Plain JSON is itself; everything else is an object whose first member is "$".
#pragma once

#include <string>
#include <variant>

#include "core/json.h"
#include "core/value/value.h"

namespace torpor::value {

// Strings and buffers of one repeated unit are written by unit and count from this length on.
inline constexpr std::size_t kRepeatFrom = 65;

Json to_json(const Value& value);
// The value, or what is wrong with the JSON.
std::variant<Value, std::string> from_json(const Json& json);

}  // namespace torpor::value
