// JSON text with the line of every value, so that a problem can be shown where it was written.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "conformance/scenario/problem.h"
#include "core/json.h"

namespace torpor::scenario {

struct JsonDocument {
  std::string file;
  Json json;
  std::map<std::string, std::size_t> lines;  // by JSON pointer

  // The line of the value there, or of the closest value around it; 0 when there are no lines.
  std::size_t line_of(std::string pointer) const;
};

// Nothing after a syntax error. A member written twice is a problem too.
std::optional<JsonDocument> parse_document(const std::string& text, const std::string& file,
                                           std::vector<Problem>& problems);

// `name` as one token of a JSON pointer, with its slash.
std::string pointer_token(const std::string& name);

}  // namespace torpor::scenario
