#include "core/value/text.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace torpor::value {
namespace {

TEST(Text, LoneSurrogatesAreKeptByOneFormAndReplacedByTheOther) {
  const std::u16string lone = u"a\xd800";
  EXPECT_TRUE(has_lone_surrogate(lone));
  EXPECT_FALSE(has_lone_surrogate(u"😀"));
  EXPECT_EQ(utf8_from_utf16(lone), "a\xed\xa0\x80");
  EXPECT_EQ(well_formed_utf8(lone), "a\xef\xbf\xbd");
}

TEST(Text, IllFormedOctetsBecomeReplacementCharacters) {
  EXPECT_EQ(utf16_from_utf8("\xff"), u"\ufffd");
  EXPECT_EQ(utf16_from_utf8("\xe2\x82"), u"\ufffd");
  EXPECT_EQ(utf16_from_utf8("\xc0\x80"), u"\ufffd\ufffd");
  EXPECT_EQ(utf16_from_utf8("\xf4\x90\x80\x80"), u"\ufffd");
}

RC_GTEST_PROP(Text, EveryStringOfUnitsComesBack, (const std::vector<std::uint16_t>& units)) {
  const std::u16string text(units.begin(), units.end());
  // Two surrogates that meet make one character; otherwise each unit is its own.
  RC_ASSERT(utf16_from_utf8(utf8_from_utf16(text)) == text);
}

RC_GTEST_PROP(Text, HexComesBack, (const std::string& octets)) {
  RC_ASSERT(from_hex(to_hex(octets)) == octets);
}

}  // namespace
}  // namespace torpor::value
