// The one JSON type of the project: members keep the order they were written in, so that the same
// value always prints the same bytes.
#pragma once

#include <nlohmann/json.hpp>

// Compiled once, in core/json.cc.
extern template class nlohmann::basic_json<nlohmann::ordered_map>;

namespace torpor {

using Json = nlohmann::ordered_json;

}  // namespace torpor
