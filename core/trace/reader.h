// Reads a trace back, or says where and why it is none.
#pragma once

#include <cstddef>
#include <istream>
#include <string>
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

// Checks version, footer, event count and digest. `name` is what errors call the input.
ReadResult read(std::istream& in, const std::string& name);
ReadResult read_file(const std::string& path);

}  // namespace torpor::trace
