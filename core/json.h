// The one JSON type of the project: members keep the order they were written in, so that the same
// value always prints the same bytes.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <variant>

// Compiled once, in core/json.cc.
extern template class nlohmann::basic_json<nlohmann::ordered_map>;

namespace torpor {

using Json = nlohmann::ordered_json;

// Lists and objects inside one another. What is deeper was made to exhaust whoever reads it.
inline constexpr std::size_t kJsonDepthMax = 256;

struct JsonProblem {
  std::size_t line = 0;  // both from 1; 0 where the problem has no place
  std::size_t column = 0;
  std::string what;
};

// What a person or another program wrote. Never throws.
std::variant<Json, JsonProblem> parse_json(std::string_view text);
// The same where all that matters is whether it is JSON: null if it is not.
Json parse_json_or_null(std::string_view text);

// The parser's own words without its prefix, and where it stopped.
JsonProblem json_problem(const std::string& what);

}  // namespace torpor
