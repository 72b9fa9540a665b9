#include "conformance/statements/registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace torpor::statements {
namespace {

using ::testing::ElementsAre;

constexpr const char* kGood = R"([
  {"id": "B-2", "text": "two", "level": "observed", "sources": [{"source": "workerd@1", "section": "s", "says": "x"}]},
  {"id": "A-1", "text": "one", "level": "must", "sources": [{"source": "docs", "section": "s"}]}
])";

std::vector<std::string> problems_of(const std::string& text) {
  Registry registry;
  std::vector<std::string> all;
  for (const scenario::Problem& problem : registry.add_text(text, "s.json"))
    all.push_back(problem.to_string());
  EXPECT_EQ(registry.all().empty(), !all.empty());
  return all;
}

TEST(Registry, FindsStatements) {
  Registry registry;
  EXPECT_TRUE(registry.add_text(kGood, "s.json").empty());
  EXPECT_THAT(registry.ids(), ElementsAre("A-1", "B-2"));
  ASSERT_NE(registry.find("B-2"), nullptr);
  EXPECT_EQ(registry.find("B-2")->level, Level::kObserved);
  EXPECT_EQ(registry.find("B-2")->sources.at(0).says, "x");
  EXPECT_EQ(registry.find("B-3"), nullptr);
}

TEST(Registry, RefusesAnIdTwice) {
  Registry registry;
  EXPECT_TRUE(registry.add_text(kGood, "s.json").empty());
  const auto problems = registry.add_text(kGood, "t.json");
  ASSERT_EQ(problems.size(), 2U);
  EXPECT_EQ(problems[0].to_string(), R"(t.json:2: /0/id: "B-2" is already a statement of s.json)");
  EXPECT_THAT(problems_of(R"([{"id":"A","text":"t","level":"may","sources":[{"source":"docs"}]},
{"id":"A","text":"t","level":"may","sources":[{"source":"docs"}]}])"),
              ElementsAre(R"(s.json:2: /1/id: "A" is already a statement of this file)"));
}

TEST(Registry, NamesWhatIsWrong) {
  EXPECT_THAT(problems_of("{}"), ElementsAre("s.json:1: must be a list of statements, not {}"));
  EXPECT_THAT(
      problems_of(R"([{"id": "A", "text": "t", "level": "shuold", "sources": []}])"),
      ElementsAre(
          R"(s.json:1: /0/level: unknown level "shuold" (did you mean "should"?); allowed: must, should, may, observed)",
          "s.json:1: /0/sources: a statement needs at least one source"));
}

TEST(Registry, ReadsWhereAStatementAppliesAndCanBeTested) {
  Registry registry;
  EXPECT_TRUE(registry
                  .add_text(R"([{"id": "A", "text": "t", "level": "may", "testable": "production",
"why": "it is the edge's", "applies": {"since": "2026-04-07", "flag": "f"}, "sources": [{"source": "docs"}]}])",
                            "dir/area.json")
                  .empty());
  const Statement& statement = *registry.find("A");
  EXPECT_EQ(statement.reach, Reach::kProduction);
  EXPECT_FALSE(testable(statement.reach));
  EXPECT_EQ(statement.area(), "area");
  EXPECT_EQ(statement.applies.since, "2026-04-07");
  EXPECT_EQ(statement.applies.flag, "f");
}

TEST(Registry, RefusesWhatCannotBeTestedWithoutAReasonAndADateThatIsNone) {
  EXPECT_THAT(
      problems_of(R"([{"id": "A", "text": "t", "level": "may", "testable": "nowhere",
"applies": {"until": "2026-4-7"}, "sources": [{"source": "docs"}]}])"),
      ElementsAre(testing::HasSubstr("/0/why: what cannot be shown everywhere needs the reason"),
                  testing::HasSubstr("/0/applies/until: ")));
  EXPECT_THAT(
      problems_of(R"([{"id": "A", "text": "t", "level": "may", "why": "w",
"sources": [{"source": "docs"}]}])"),
      ElementsAre(testing::HasSubstr("/0/why: only what cannot be shown everywhere has a reason")));
}

TEST(Registry, AFolderWithoutStatementsIsAProblem) {
  const std::filesystem::path folder =
      std::filesystem::path(::testing::TempDir()) / "torpor-no-statements";
  std::filesystem::create_directories(folder);
  const auto said = [&] {
    std::string all;
    for (const scenario::Problem& problem : load_registry(folder.string()).problems)
      all += problem.to_string() + "\n";
    return all;
  };
  EXPECT_EQ(said(), folder.string() + ": holds no statements\n");
  std::ofstream(folder / "a.json") << "[]";
  EXPECT_EQ(said(), folder.string() + ": holds no statements\n");
  std::ofstream(folder / "b.json") << R"([{"id": "A", "text": "t", "level": "may",
                                          "sources": [{"source": "docs"}]}])";
  EXPECT_EQ(said(), "");
  std::filesystem::remove_all(folder);
}

TEST(Registry, OfThisBinaryIsSound) {
  for (const scenario::Problem& problem : embedded_registry().problems)
    ADD_FAILURE() << problem.to_string();
}

}  // namespace
}  // namespace torpor::statements
