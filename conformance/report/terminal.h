// What the place a report is printed to can show, and the few things that depend on it.
#pragma once

#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>

namespace torpor::report {

enum class Colour { kPlain, kGreen, kRed, kYellow, kBlue, kFaint, kBold };

struct Terminal {
  bool interactive = false;  // somebody watches: a progress line may be redrawn
  bool colour = false;
  std::size_t columns = 100;

  // Interactive only on a TTY whose TERM is not "dumb"; colours there too, unless NO_COLOR is set
  // and not empty.
  static Terminal of(std::FILE* stream);

  std::string paint(Colour colour_wanted, std::string_view text) const;
};

// Columns a UTF-8 text takes; every code point counts as one.
std::size_t width_of(std::string_view text);

// The first `columns` code points of a UTF-8 text.
std::string_view prefix_of(std::string_view text, std::size_t columns);

// The text with spaces up to `columns`, and cut with an ellipsis where it is longer.
std::string fit(std::string_view text, std::size_t columns);
std::string pad(std::string_view text, std::size_t columns);

// The text broken at spaces into lines of at most `columns`; a longer word is cut. Never empty.
std::string wrap_indented(std::string_view text, std::size_t columns, std::string_view indent);

// The text without control characters, so that what a target sent cannot steer the terminal: \n,
// \t, \r and \xNN are written out.
std::string printable(std::string_view text);

}  // namespace torpor::report
