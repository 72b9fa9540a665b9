#include "conformance/statements/coverage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conformance/scenario/loader.h"

namespace torpor::statements {
namespace {

using ::testing::ElementsAre;

constexpr const char* kStatements = R"([
  {"id": "A-1", "text": "shown", "level": "must", "sources": [{"source": "docs"}, {"source": "workerd@1"}]},
  {"id": "A-2", "text": "not shown", "level": "may", "sources": [{"source": "workerd@2"}]},
  {"id": "A-3", "text": "simulated", "level": "may", "testable": "sim", "why": "needs a crash", "sources": [{"source": "docs"}]},
  {"id": "A-4", "text": "far away", "level": "must", "testable": "production", "why": "it is the edge's",
   "sources": [{"source": "docs"}]}
])";

class CoverageTest : public testing::Test {
 protected:
  CoverageTest() {
    EXPECT_TRUE(registry_.add_text(kStatements, "conformance/statements/area.json").empty());
  }
  Coverage of_cases_with(const std::vector<std::string>& statements) {
    std::vector<scenario::Case> cases(1);
    cases[0].statements = statements;
    return coverage_of(registry_, cases);
  }
  static std::vector<std::string> ids(const std::vector<const Statement*>& statements) {
    std::vector<std::string> all;
    for (const Statement* statement : statements) all.push_back(statement->id);
    return all;
  }
  Registry registry_;
};

TEST_F(CoverageTest, CountsWhatACaseNamesAmongWhatCanBeTested) {
  const Coverage coverage = of_cases_with({"A-1"});
  EXPECT_EQ(coverage.all.covered, 1U);
  EXPECT_EQ(coverage.all.testable, 3U);
  EXPECT_EQ(coverage.all.untestable, 1U);
  EXPECT_EQ(coverage.all.tenths_of_percent(), 333U);
  EXPECT_THAT(ids(coverage.uncovered), ElementsAre("A-2", "A-3"));
  EXPECT_THAT(ids(coverage.untestable), ElementsAre("A-4"));
  EXPECT_TRUE(coverage.doubted.empty());
}

TEST_F(CoverageTest, GroupsByLevelAreaAndSourceWithoutVersions) {
  const Coverage coverage = of_cases_with({"A-1", "A-3"});
  EXPECT_EQ(coverage.by_level.at("must").testable, 1U);
  EXPECT_EQ(coverage.by_level.at("must").tenths_of_percent(), 1000U);
  EXPECT_EQ(coverage.by_level.at("may").covered, 1U);
  EXPECT_EQ(coverage.by_area.at("area").testable, 3U);
  EXPECT_EQ(coverage.by_source.at("workerd").testable, 2U);
  EXPECT_EQ(coverage.by_source.at("docs").covered, 2U);
}

TEST_F(CoverageTest, DoubtsAStatementThatSaysItCannotBeTestedAndIs) {
  EXPECT_THAT(ids(of_cases_with({"A-4"}).doubted), ElementsAre("A-4"));
}

// The build fails when a statement has no case and no reason for it.
TEST(BuiltInCatalogue, ShowsEveryStatementThatCanBeTested) {
  const LoadedRegistry loaded = embedded_registry();
  const scenario::Loaded cases = scenario::embedded_catalogue(loaded.registry);
  const Coverage coverage = coverage_of(loaded.registry, cases.cases);
  for (const Statement* statement : coverage.uncovered)
    ADD_FAILURE() << statement->id << " has no case: " << statement->text;
  for (const Statement* statement : coverage.doubted)
    ADD_FAILURE() << statement->id << " has a case although it says that it cannot be tested";
}

}  // namespace
}  // namespace torpor::statements
