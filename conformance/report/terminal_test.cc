#include "conformance/report/terminal.h"

#include <gtest/gtest.h>

namespace torpor::report {
namespace {

TEST(Terminal, CountsCodePointsAndNotOctets) {
  EXPECT_EQ(width_of("añb"), 3u);
  EXPECT_EQ(pad("ñ", 3), "ñ  ");
  EXPECT_EQ(fit("ñandú", 4), "ñan…");
  EXPECT_EQ(fit("abc", 3), "abc");
}

TEST(Terminal, WrapsAtSpacesAndCutsLongWords) {
  EXPECT_EQ(wrap_indented("one two three", 8, "  "), "  one two\n  three");
  EXPECT_EQ(wrap_indented("abcdefgh", 3, ""), "abc\ndef\ngh");
  EXPECT_EQ(wrap_indented("", 3, "> "), "> ");
}

TEST(Terminal, WritesControlCharactersOut) {
  EXPECT_EQ(printable("a\n\x1b[31mb\x7f"), "a\\n\\x1b[31mb\\x7f");
}

TEST(Terminal, PaintsOnlyWhereColourIsShown) {
  EXPECT_EQ(Terminal{}.paint(Colour::kRed, "x"), "x");
  EXPECT_EQ((Terminal{.interactive = true, .colour = true}).paint(Colour::kRed, "x"),
            "\x1b[31mx\x1b[0m");
}

TEST(Terminal, AFileIsNotInteractive) {
  std::FILE* file = std::tmpfile();
  ASSERT_NE(file, nullptr);
  EXPECT_FALSE(Terminal::of(file).interactive);
  EXPECT_FALSE(Terminal::of(file).colour);
  std::fclose(file);
}

}  // namespace
}  // namespace torpor::report
