#include "core/json.h"

#include <cstdio>
#include <optional>

template class nlohmann::basic_json<nlohmann::ordered_map>;

namespace torpor {
namespace {

// Where the nesting becomes too deep, if it does. Brackets inside strings do not count.
std::optional<std::size_t> too_deep_at(std::string_view text) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > kJsonDepthMax) return i;
    } else if ((c == ']' || c == '}') && depth > 0) {
      --depth;
    }
  }
  return std::nullopt;
}

JsonProblem too_deep(std::string_view text, std::size_t at) {
  const std::string_view before = text.substr(0, at);
  const auto line_begin = before.rfind('\n');
  std::size_t line = 1;
  for (const char c : before) line += c == '\n' ? 1 : 0;
  return {line, at - (line_begin == std::string_view::npos ? 0 : line_begin + 1) + 1,
          "nested deeper than " + std::to_string(kJsonDepthMax) + " levels"};
}

}  // namespace

JsonProblem json_problem(const std::string& what) {
  JsonProblem problem{0, 0, what};
  const auto prefix = what.find("] ");
  if (what.starts_with("[json.exception.") && prefix != std::string::npos)
    problem.what = what.substr(prefix + 2);
  const auto place = what.find(" at line ");
  if (place == std::string::npos || std::sscanf(what.c_str() + place, " at line %zu, column %zu",
                                                &problem.line, &problem.column) != 2)
    return problem;
  const auto colon = what.find(": ", place);
  if (colon != std::string::npos) problem.what = what.substr(colon + 2);
  return problem;
}

std::variant<Json, JsonProblem> parse_json(std::string_view text) {
  if (const auto at = too_deep_at(text)) return too_deep(text, *at);
  try {
    return Json::parse(text);
  } catch (const Json::exception& error) {
    return json_problem(error.what());
  }
}

Json parse_json_or_null(std::string_view text) {
  auto parsed = parse_json(text);
  Json* json = std::get_if<Json>(&parsed);
  return json == nullptr ? Json(nullptr) : std::move(*json);
}

}  // namespace torpor
