#include "conformance/wrangler/jsonc.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>

namespace torpor::wrangler {
namespace {

void blank(std::string& text, std::size_t from, std::size_t to) {
  for (std::size_t i = from; i < to; ++i) {
    if (text[i] != '\n') text[i] = ' ';
  }
}

// Past the string that begins at `from`, or at the end.
std::size_t after_string(const std::string& text, std::size_t from) {
  for (std::size_t i = from + 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      return i + 1;
    }
  }
  return text.size();
}

// Past the comment that begins at `from`; nothing when none does, or it has no end.
std::optional<std::size_t> after_comment(const std::string& text, std::size_t from) {
  if (text.compare(from, 2, "//") == 0) return std::min(text.find('\n', from), text.size());
  if (text.compare(from, 2, "/*") != 0) return std::nullopt;
  const std::size_t end = text.find("*/", from + 2);
  return end == std::string::npos ? std::nullopt : std::optional(end + 2);
}

}  // namespace

std::string plain_json(std::string text) {
  char last = '[';                   // the last thing before this that is no space and no comment
  std::optional<std::size_t> comma;  // where it is, when it is a comma behind a value
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    if (const auto end = after_comment(text, i)) {
      blank(text, i, *end);
      i = *end;
      continue;
    }
    if (comma && (c == ']' || c == '}')) text[*comma] = ' ';
    if (c != ' ' && c != '\t' && c != '\r' && c != '\n') {
      const bool behind_value = std::string_view("[{,:").find(last) == std::string_view::npos;
      comma = c == ',' && behind_value ? std::optional(i) : std::nullopt;
      last = c;
    }
    i = c == '"' ? after_string(text, i) : i + 1;
  }
  return text;
}

}  // namespace torpor::wrangler
