// The lines of a trace as text: an event of a file is compared with one in memory without being
// parsed, which would take ten times as long. All of this says no where it cannot tell.
#pragma once

#include <optional>
#include <string_view>

#include "core/json.h"

namespace torpor::trace {

// An event's line as Writer writes it. Points into the line.
struct EventText {
  std::string_view actor;
  std::string_view kind;
  std::string_view members;  // of the rest, as they are written: `"a":1,"b":2`, or nothing
};

// Nothing when Writer would have written it otherwise, or escaped something in its actor or kind.
std::optional<EventText> split_line(std::string_view line);

// Takes what is expected off the front; false when something else is there.
bool take(std::string_view expected, std::string_view& text);
// The same of a value's text, and of a member's. False too for a number with a fraction and for a
// string in which not every character stands for itself.
bool take_text_of(const Json& value, std::string_view& text);
bool take_text_of(std::string_view name, const Json& value, std::string_view& text);

// Whether this is the text of these members.
bool is_text_of(const Json& members, std::string_view text);

}  // namespace torpor::trace
