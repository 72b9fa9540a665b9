// TOML as the JSON value it stands for, with the line of everything.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "conformance/scenario/json_document.h"

namespace torpor::wrangler {

// Nothing after a syntax error. A date or time is a problem: no member of a Wrangler configuration
// is one.
std::optional<scenario::JsonDocument> parse_toml(const std::string& text, const std::string& file,
                                                 std::vector<scenario::Problem>& problems);

}  // namespace torpor::wrangler
