#include "conformance/scenario/subset.h"

#include <gtest/gtest.h>

namespace torpor::scenario {
namespace {

bool matches(const char* pattern, const char* value) {
  return matches_subset(Json::parse(pattern), Json::parse(value));
}

TEST(Subset, LooksOnlyAtTheMembersOfThePattern) {
  EXPECT_TRUE(matches(R"({"a": 1})", R"({"b": 2, "a": 1})"));
  EXPECT_TRUE(
      matches(R"({"error": {"name": "X"}})", R"({"error": {"name": "X", "message": "m"}})"));
  EXPECT_FALSE(matches(R"({"a": 1, "b": 2})", R"({"a": 1})"));
  EXPECT_FALSE(matches(R"({"error": {"name": "X"}})", R"({"error": {"name": "Y"}})"));
  EXPECT_FALSE(matches(R"({"a": 1})", "1"));
}

TEST(Subset, TakesListsWhole) {
  EXPECT_TRUE(matches(R"(["a", {"b": 1}])", R"(["a", {"b": 1, "c": 2}])"));
  EXPECT_FALSE(matches(R"(["a"])", R"(["a", "b"])"));
  EXPECT_FALSE(matches(R"(["a", "b"])", R"(["b", "a"])"));
}

TEST(Subset, TellsTypesApart) {
  EXPECT_FALSE(matches("1", R"("1")"));
  EXPECT_FALSE(matches("null", "false"));
  EXPECT_TRUE(matches("null", "null"));
}

TEST(Subset, ComparesTaggedValuesByWhatTheyStandFor) {
  EXPECT_TRUE(matches(R"({"$": "repeat", "text": "ab", "count": 2})", R"("abab")"));
  EXPECT_TRUE(matches(R"("abab")", R"({"$": "repeat", "text": "ab", "count": 2})"));
  EXPECT_FALSE(matches(R"({"$": "repeat", "text": "ab", "count": 2})", R"("aba")"));
  EXPECT_TRUE(matches(R"({"$": "arraybuffer", "hex": "6161"})",
                      R"({"$": "arraybuffer", "length": 2, "byte": 97})"));
  EXPECT_FALSE(matches(R"({"$": "arraybuffer", "hex": "6162"})",
                       R"({"$": "arraybuffer", "length": 2, "byte": 97})"));
  EXPECT_FALSE(matches(R"("aa")", R"({"$": "arraybuffer", "hex": "6161"})"));
  EXPECT_TRUE(matches(R"({"$": "arraybuffer"})", R"({"$": "arraybuffer", "hex": "6161"})"));
}

}  // namespace
}  // namespace torpor::scenario
