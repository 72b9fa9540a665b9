// When a log entry matches a pattern.
#pragma once

#include "core/json.h"

namespace torpor::scenario {

// `value` has at least the members of `pattern`, nested objects too; lists match element by
// element, at the same length. Tagged values are compared by what they stand for:
// {"$":"repeat","text":"a","count":3} is "aaa".
bool matches_subset(const Json& pattern, const Json& value);

}  // namespace torpor::scenario
