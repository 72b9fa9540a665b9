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

}  // namespace
}  // namespace torpor::targets
