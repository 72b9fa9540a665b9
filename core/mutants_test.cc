#include "core/mutants.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace torpor::mutants {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;

TEST(Mutants, HaveNamesOfTheirOwnAndSayWhatIsWrongAndWhichStatementIsBroken) {
  std::set<std::string_view> names;
  for (const Description& mutant : all()) {
    EXPECT_TRUE(names.insert(mutant.name).second) << mutant.name;
    EXPECT_EQ(mutant.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-"),
              std::string_view::npos)
        << mutant.name;
    EXPECT_THAT(std::string(mutant.fault), EndsWith(".")) << mutant.name;
    EXPECT_FALSE(mutant.statements().empty()) << mutant.name;
    EXPECT_EQ(find(mutant.name), &mutant);
  }
  EXPECT_EQ(all().empty(), !kAvailable);
  EXPECT_EQ(find("none-of-them"), nullptr);
}

TEST(Mutants, StatementsAreSplit) {
  EXPECT_THAT((Description{Mutant::kNone, "", "A-1 B-02", "", ""}.statements()),
              ElementsAre("A-1", "B-02"));
}

TEST(Mutants, OneIsPlantedForAsLongAsItsOwnerLives) {
  if (!kAvailable) GTEST_SKIP() << "built without them";
  EXPECT_FALSE(planted(all().front().mutant));
  {
    const Planted outer(all().front().mutant);
    EXPECT_TRUE(planted(all().front().mutant));
    {
      const Planted inner(all().back().mutant);
      EXPECT_FALSE(planted(all().front().mutant));
    }
    EXPECT_TRUE(planted(all().front().mutant));
  }
  EXPECT_EQ(present(), Mutant::kNone);
}

}  // namespace
}  // namespace torpor::mutants
