// What is wrong with a scenario or a statement file: where, what was found, what is allowed.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace torpor::scenario {

struct Problem {
  std::string file;
  std::size_t line = 0;    // 0: not known
  std::size_t column = 0;  // 0: not known
  std::string path;        // JSON pointer; empty for the whole document
  std::string message;

  // "FILE:LINE:COLUMN: PATH: MESSAGE", leaving out what is not known.
  std::string to_string() const;
};

// `wrong` quoted, then the closest of `allowed` if one is close, then all of them.
std::string not_one_of(const std::string& wrong, const std::vector<std::string>& allowed);

}  // namespace torpor::scenario
