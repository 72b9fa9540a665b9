#include "core/websocket/utf8.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/websocket/testing.h"

namespace torpor::websocket {
namespace {

using testing::hex;
using testing::octets;

struct Case {
  const char* input;
  const char* output;  // what workerd 1.20261117.1 handed to JavaScript, as UTF-8
};

// MSG-06, each row observed; "efbfbd" is U+FFFD.
constexpr Case kObserved[] = {
    {"ff", "efbfbd"},
    {"c0", "efbfbd"},
    {"c080", "efbfbdefbfbd"},
    {"c1bf", "efbfbdefbfbd"},
    {"c2", "efbfbd"},
    {"c241", "efbfbd41"},
    {"e080", "efbfbdefbfbd"},
    {"e09f80", "efbfbdefbfbdefbfbd"},
    {"e0a0", "efbfbd"},
    {"e0a041", "efbfbd41"},
    {"eda080", "efbfbdefbfbdefbfbd"},
    {"eda0", "efbfbdefbfbd"},
    {"eda080edb080", "efbfbdefbfbdefbfbdefbfbdefbfbdefbfbd"},
    {"e282", "efbfbd"},
    {"e28241", "efbfbd41"},
    {"e282e282ac", "efbfbde282ac"},
    {"e1a0c0", "efbfbdefbfbd"},
    {"f080", "efbfbdefbfbd"},
    {"f08f8080", "efbfbdefbfbdefbfbdefbfbd"},
    {"f09080", "efbfbd"},
    {"f0908041", "efbfbd41"},
    {"f09080f0908080", "efbfbdf0908080"},
    {"f180c3a9", "efbfbdc3a9"},
    {"f4908080", "efbfbdefbfbdefbfbdefbfbd"},
    {"f490", "efbfbdefbfbd"},
    {"f5808080", "efbfbdefbfbdefbfbdefbfbd"},
    {"80", "efbfbd"},
    {"bf8080", "efbfbdefbfbdefbfbd"},
    {"41ff42", "41efbfbd42"},
};

// The first and last of every row of RFC 3629 section 4, a byte order mark, NUL.
constexpr const char* kValid[] = {"",         "00",       "7f",       "c280",     "dfbf",
                                  "e0a080",   "e0bfbf",   "e18080",   "ecbfbf",   "ed8080",
                                  "ed9fbf",   "ee8080",   "efbfbf",   "f0908080", "f0bfbfbf",
                                  "f1808080", "f3bfbfbf", "f4808080", "f48fbfbf", "efbbbf41"};

TEST(Utf8, Rfc3629_RangesAreValid) {
  for (const char* text : kValid) {
    EXPECT_TRUE(is_utf8(octets(text))) << text;
    EXPECT_EQ(hex(replace_invalid(octets(text))), text);
  }
}

TEST(Utf8, Msg06_InvalidOctetsBecomeReplacementCharactersAsObserved) {
  for (const Case& it : kObserved) {
    EXPECT_FALSE(is_utf8(octets(it.input))) << it.input;
    EXPECT_EQ(hex(replace_invalid(octets(it.input))), it.output) << it.input;
  }
}

TEST(Utf8, FailsAtTheFirstImpossibleOctet) {
  for (const char* impossible :
       {"c0", "c1", "e080", "e09f", "eda0", "f08f", "f490", "f5", "ff", "80"}) {
    Utf8Validator validator;
    EXPECT_TRUE(validator.feed("ok"));
    const Bytes bad = octets(impossible);
    EXPECT_TRUE(validator.feed(std::string_view(bad).substr(0, bad.size() - 1))) << impossible;
    EXPECT_FALSE(validator.feed(std::string_view(bad).substr(bad.size() - 1))) << impossible;
    EXPECT_FALSE(validator.feed("ok")) << "stays invalid";
  }
}

TEST(Utf8, TruncatedTextIsPossibleButNotComplete) {
  for (const char* truncated : {"c3", "e2", "e282", "f0", "f09f", "f09f98"}) {
    Utf8Validator validator;
    EXPECT_TRUE(validator.feed(octets(truncated)));
    EXPECT_FALSE(validator.complete()) << truncated;
  }
}

// Every code point, surrogates excepted, against the definition.
TEST(Utf8, EveryCodePoint) {
  for (std::uint32_t point = 0; point <= 0x10FFFF; ++point) {
    Bytes text;
    if (point < 0x80) {
      text = {static_cast<char>(point)};
    } else if (point < 0x800) {
      text = {static_cast<char>(0xC0 | point >> 6), static_cast<char>(0x80 | (point & 63))};
    } else if (point < 0x10000) {
      text = {static_cast<char>(0xE0 | point >> 12), static_cast<char>(0x80 | (point >> 6 & 63)),
              static_cast<char>(0x80 | (point & 63))};
    } else {
      text = {static_cast<char>(0xF0 | point >> 18), static_cast<char>(0x80 | (point >> 12 & 63)),
              static_cast<char>(0x80 | (point >> 6 & 63)), static_cast<char>(0x80 | (point & 63))};
    }
    const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
    ASSERT_EQ(is_utf8(text), !surrogate) << point;
  }
}

// Octets near the edges of the ranges, and enough ASCII to enter the fast path.
rc::Gen<std::string> likely_text() {
  return rc::gen::container<std::string>(rc::gen::weightedOneOf<char>(
      {{6, rc::gen::inRange<char>('a', 'z')},
       {4,
        rc::gen::map(rc::gen::inRange(0x7E, 0x100), [](int v) { return static_cast<char>(v); })}}));
}

RC_GTEST_PROP(Utf8Property, PiecesJudgeLikeTheWhole, ()) {
  const std::string text = *likely_text();
  const auto cut = *rc::gen::inRange<std::size_t>(0, text.size() + 1);
  Utf8Validator pieces;
  pieces.feed(std::string_view(text).substr(0, cut));
  pieces.feed(std::string_view(text).substr(cut));
  RC_ASSERT(pieces.complete() == is_utf8(text));
}

RC_GTEST_PROP(Utf8Property, ReplacingGivesUtf8AndKeepsUtf8, ()) {
  const std::string text = *likely_text();
  const std::string replaced = replace_invalid(text);
  RC_ASSERT(is_utf8(replaced));
  RC_ASSERT((replaced == text) == is_utf8(text));
}

}  // namespace
}  // namespace torpor::websocket
