// Reads a trace back, or says where and why it is none.
#pragma once

#include <cstddef>
#include <functional>
#include <istream>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "core/trace/trace.h"

namespace torpor::trace {

struct ReadError {
  std::string file;
  std::size_t line = 0;  // 0: the file as a whole
  std::string message;

  std::string to_string() const;  // "FILE:LINE: MESSAGE"
};

using ReadResult = std::variant<Trace, ReadError>;

// A trace whose events nobody looks at.
struct Outline {
  Header header;
  std::string digest;
};

// Header and digest of a trace that is written as Writer does it: the digest, checked, is over the
// octets of the lines. Nothing for any other file; read() says what is wrong, if anything is.
// `on_event` is given each event's line, before it is known whether there is an outline.
using OnLine = std::function<void(std::string_view line)>;
std::optional<Outline> outline(std::istream& in, const OnLine& on_event = {});
std::optional<Outline> outline_file(const std::string& path);

// Checks version, footer, event count and digest. `name` is what errors call the input.
ReadResult read(std::istream& in, const std::string& name);
ReadResult read_file(const std::string& path);

// The event of a line; nothing when it has none.
std::optional<Event> parse_event(std::string_view line);

}  // namespace torpor::trace
