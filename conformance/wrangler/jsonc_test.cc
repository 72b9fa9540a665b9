#include "conformance/wrangler/jsonc.h"

#include <gtest/gtest.h>

#include "core/json.h"

namespace torpor::wrangler {
namespace {

TEST(PlainJson, PutsSpacesInPlaceOfCommentsAndTrailingCommas) {
  EXPECT_EQ(plain_json("[1, // one\n 2, /* two\n */ ]"), "[1,       \n 2        \n    ]");
  EXPECT_EQ(plain_json("{\"a\": [1,],\t}"), "{\"a\": [1 ] \t}");
}

TEST(PlainJson, KeepsStringsAsTheyAre) {
  const std::string text = R"({"url": "a://b", "c": "/* \" , ] */", "d": ",}"})";
  EXPECT_EQ(plain_json(text), text);
}

// A comma that stands for nothing is still a mistake.
TEST(PlainJson, LeavesWhatIsWrongToTheParser) {
  for (const char* text : {"[1,,]", "[,]", "[1, 2", "[1] /* no end", "[1] / 2", "\"no end"}) {
    EXPECT_TRUE(parse_json_or_null(plain_json(text)).is_null()) << text;
  }
}

}  // namespace
}  // namespace torpor::wrangler
