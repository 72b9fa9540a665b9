#include "core/object/tags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/object/js_error.h"

namespace torpor::object {
namespace {

using testing::ElementsAre;
using Tags = std::vector<std::string>;

const compat::Parameters kTagLimits = compat::parameters_of(compat::Profile::kParity);
const compat::Parameters kDocumented = compat::parameters_of(compat::Profile::kDocumented);

std::string refusal(const Tags& tags, const compat::Parameters& parameters = kTagLimits) {
  try {
    checked_tags(tags, parameters);
    return "";
  } catch (const JsError& thrown) {
    return thrown.message;
  }
}

Tags distinct(int count) {
  Tags tags;
  for (int i = 0; i < count; ++i) tags.push_back("t" + std::to_string(i));
  return tags;
}

std::string repeated(const std::string& unit, int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += unit;
  return text;
}

TEST(Tag01, TenDistinctTagsAreTheLimit) {
  EXPECT_EQ(refusal(distinct(10)), "");
  EXPECT_EQ(refusal(distinct(11)), "a Hibernatable WebSocket cannot have more than 10 tags");
}

TEST(Tag01, ARepeatCountsOnlyBehindTenDistinctOnes) {
  EXPECT_EQ(refusal(Tags(12, "same")), "");
  Tags tags = distinct(10);
  tags.push_back("t0");
  EXPECT_NE(refusal(tags), "");
}

TEST(Tag02, LengthIsInOctetsAndTheMessageSaysCharacters) {
  EXPECT_EQ(refusal({std::string(256, 'a')}), "");
  EXPECT_EQ(refusal({repeated("é", 128)}), "");
  const std::string longer(257, 'a');
  EXPECT_EQ(refusal({longer}),
            "\"" + longer + "\" is longer than the max tag length (256 characters).");
  EXPECT_NE(refusal({repeated("é", 129)}), "");
}

TEST(Tag02, TheDocumentationCountsCharacters) {
  EXPECT_EQ(refusal({repeated("é", 256)}, kDocumented), "");
  EXPECT_NE(refusal({repeated("é", 257)}, kDocumented), "");
  EXPECT_NE(refusal({repeated("😀", 129)}, kDocumented), "") << "two UTF-16 units each";
}

TEST(Tag03, RepeatsAreDroppedAndTheOrderOfFirstOccurrenceIsKept) {
  EXPECT_THAT(checked_tags({"dup", "dup", "x", "dup", ""}, kTagLimits),
              ElementsAre("dup", "x", ""));
}

}  // namespace
}  // namespace torpor::object
