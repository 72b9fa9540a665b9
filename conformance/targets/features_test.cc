#include "conformance/targets/features.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace torpor::targets {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::optional<Observation> refused(const std::vector<std::string>& needs,
                                   const std::vector<std::string>& features) {
  scenario::Case scenario_case;
  scenario_case.needs = needs;
  return refusal(scenario_case, features);
}

// The table "Needs" of conformance/SCENARIO.md.
TEST(Features, AControlCallThatIsMissingMakesACaseNotTestable) {
  for (const char* need : {"crash", "deploy", "evict", "storage"}) {
    const auto without = refused({need}, {"other"});
    ASSERT_TRUE(without) << need;
    EXPECT_THAT(without->not_testable, HasSubstr(need));
    EXPECT_THAT(without->not_applicable, IsEmpty()) << need;
    EXPECT_FALSE(refused({need}, {"other", need})) << need;
  }
}

TEST(Features, WhatOnlyAModelHasIsNotApplicableToOthers) {
  for (const char* need : {"storageFaults", "usage", "virtualTime"}) {
    const auto without = refused({need}, {"other"});
    ASSERT_TRUE(without) << need;
    EXPECT_THAT(without->not_applicable, ::testing::Not(IsEmpty())) << need;
    EXPECT_THAT(without->not_testable, IsEmpty()) << need;
    EXPECT_FALSE(refused({need}, {"other", need})) << need;
  }
}

TEST(Features, TheFirstNeedThatIsMissingSaysWhatItCountsAs) {
  EXPECT_THAT(refused({"evict", "usage", "crash"}, {"evict"})->not_testable, IsEmpty());
  EXPECT_THAT(refused({"crash", "usage"}, {"evict"})->not_applicable, IsEmpty());
}

TEST(Difference, IsTheFlagThatIsOnInOneOnly) {
  EXPECT_EQ(difference({"2026-09-15", {}}, {"2026-11-01", {}}), std::nullopt);
  EXPECT_EQ(
      difference({"2026-04-06", {}}, {"2026-11-01", {}}),
      "the case, of compatibility date 2026-04-06, has web_socket_auto_reply_to_close off, "
      "the target, of 2026-11-01, has it on; start the target with compatibility date 2026-04-06");
  EXPECT_EQ(
      difference({"2026-11-01", {}}, {"2026-11-01", {"no_web_socket_compression"}}),
      "the case, of compatibility date 2026-11-01, has web_socket_compression on, the "
      "target, of 2026-11-01, has it off; start the target with compatibility date 2026-11-01");
}

TEST(Difference, NamesAFlagOfTheTargetThatIsNotKnown) {
  EXPECT_THAT(difference({"2026-11-01", {}}, {"2026-11-01", {"new_flag"}}).value_or(""),
              HasSubstr("unknown compatibility flag 'new_flag'"));
}

}  // namespace
}  // namespace torpor::targets
