// The catalogue kills every mutant; and torpor mutants tells of those it does not.
#include "core/mutants.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <thread>

#include "conformance/statements/registry.h"
#include "core/json.h"
#include "tools/torpor/sample_scenario.h"

namespace torpor::tool {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr std::size_t kShards = 8;

std::vector<std::string> names_of(std::size_t shard) {
  std::vector<std::string> names;
  for (std::size_t i = shard; i < mutants::all().size(); i += kShards)
    names.emplace_back(mutants::all()[i].name);
  return names;
}

class MutantsOfTheModel : public ::testing::TestWithParam<std::size_t> {
 protected:
  void SetUp() override {
    if (!mutants::kAvailable) GTEST_SKIP() << "built without them";
#ifdef TORPOR_SANITIZE
    GTEST_SKIP() << "with the sanitizers it takes half an hour; tools/test.sh does it without";
#endif
  }
};

TEST_P(MutantsOfTheModel, AreKilledByCasesOfTheStatementsTheyBreak) {
  std::vector<std::string> arguments = {"mutants", "--by", "catalogue", "--json"};
  const std::vector<std::string> names = names_of(GetParam());
  arguments.insert(arguments.end(), names.begin(), names.end());
  const Ended ended = run_torpor(arguments, std::chrono::seconds(290));
  EXPECT_EQ(ended.exit, 0) << ended.err;
  const Json result = parse_json_or_null(ended.out);
  ASSERT_TRUE(result.is_object()) << ended.out;
  ASSERT_EQ(result.at("mutants").size(), names.size());
  for (const Json& mutant : result.at("mutants"))
    EXPECT_EQ(mutant.at("outcome"), "killed") << mutant.dump(2);
}

INSTANTIATE_TEST_SUITE_P(Shards, MutantsOfTheModel, ::testing::Range<std::size_t>(0, kShards));

TEST(MutantsTable, NamesStatementsThatThereAre) {
  const statements::Registry registry = statements::embedded_registry().registry;
  for (const mutants::Description& mutant : mutants::all()) {
    for (const std::string& id : mutant.statements())
      EXPECT_NE(registry.find(id), nullptr) << mutant.name << ": " << id;
  }
}

// A case that sees the reason of the close event, and one that does not.
class MutantsVerb : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!mutants::kAvailable) GTEST_SKIP() << "built without them";
    scratch_.write("statements/all.json", kSampleStatements);
    write_case("blind", "CLE-01", "4001");
    write_case("seeing", "CLE-01", R"(4001, "reason": "bye")");
    write_case("elsewhere", "ATT-02", R"(4001, "reason": "bye")");
    write_case("wrong", "CLE-01", "4002");
  }

  void write_case(const std::string& id, const std::string& statement, const std::string& seen) {
    scratch_.write(id + ".json", R"({"id": "a/)" + id + R"(", "title": "t", "statements": [")" +
                                     statement + R"("], "program": {
      "fetch": [{"op": "upgrade", "api": "hibernation"}], "close": []},
      "steps": [{"do": "connect", "client": "a"},
                {"do": "close", "client": "a", "code": 4001, "reason": "bye"},
                {"do": "await", "log": {"event": "close"}}],
      "expect": {"object": [{"event": "constructor"}, {"event": "fetch"},
                            {"event": "close", "code": )" +
                                     seen + R"(, "statement": ")" + statement + R"("}]}})");
  }

  Ended try_with(const std::string& id, std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "mutants");
    arguments.insert(arguments.end(), {"--catalogue", scratch_.path(id + ".json"), "--statements",
                                       scratch_.path("statements")});
    return run_torpor(arguments);
  }

  Scratch scratch_;
};

TEST_F(MutantsVerb, TellsTheCaseThatKills) {
  const Ended ended = try_with("seeing", {"reason-lost"});
  EXPECT_EQ(ended.exit, 0) << ended.err;
  EXPECT_THAT(ended.out,
              AllOf(HasSubstr("killed            reason-lost"), HasSubstr("a/seeing, CLE-01"),
                    HasSubstr("1 of 1 mutants killed\n")));
}

TEST_F(MutantsVerb, EndsWithOneWhenOneSurvives) {
  const Ended ended = try_with("blind", {"reason-lost"});
  EXPECT_EQ(ended.exit, 1) << ended.err;
  EXPECT_THAT(ended.out, AllOf(HasSubstr("survived          reason-lost"),
                               HasSubstr("0 of 1 mutants killed")));
}

TEST_F(MutantsVerb, TellsThatItWasNotAnOwnStatementThatKilled) {
  const Ended ended = try_with("elsewhere", {"reason-lost"});
  EXPECT_EQ(ended.exit, 0) << ended.err;
  EXPECT_THAT(ended.out, AllOf(HasSubstr("killed elsewhere  reason-lost"),
                               HasSubstr("not by its own statement (CLE-01)")));
}

TEST_F(MutantsVerb, IsVoidWhenACaseFailsWithoutAnyMutant) {
  const Ended ended = try_with("wrong", {"reason-lost"});
  EXPECT_EQ(ended.exit, 4);
  EXPECT_THAT(ended.err, HasSubstr("void: without any mutant a/wrong fails by parity"));
}

TEST_F(MutantsVerb, ListsThemAndRefusesUnknownNames) {
  const Json list = parse_json_or_null(run_torpor({"mutants", "--list", "--json"}).out);
  EXPECT_EQ(list.size(), mutants::all().size());
  const Ended unknown = run_torpor({"mutants", "reason-lots"});
  EXPECT_EQ(unknown.exit, 2);
  EXPECT_THAT(unknown.err, HasSubstr("unknown mutant reason-lots"));
  const Ended run = run_torpor({"run", "close/client/no-code", "--mutant", "reason-lots"});
  EXPECT_EQ(run.exit, 2);
  EXPECT_THAT(run.err, HasSubstr("torpor mutants --list"));
}

TEST_F(MutantsVerb, KeepsWhatItHasWhenItIsInterrupted) {
  Running running({"mutants", "a*"});
  while (running.out_so_far().find("killed") == std::string::npos)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  running.signal(SIGINT);
  const Ended ended = running.wait(std::chrono::seconds(20));
  EXPECT_EQ(ended.exit, 130);
  EXPECT_THAT(ended.out, AllOf(HasSubstr("killed            "), HasSubstr("; interrupted: ")));
}

TEST_F(MutantsVerb, AMutantIsForTheModelOnly) {
  const Ended ended =
      run_torpor({"certify", "sim", "tcp://127.0.0.1:9", "--mutant", "reason-lost"});
  EXPECT_EQ(ended.exit, 2);
  EXPECT_THAT(ended.err, HasSubstr("only the target sim has mutants"));
}

TEST_F(MutantsVerb, CertifyPlantsOneAndSaysSo) {
  const Ended ended =
      run_torpor({"certify", "sim", "--mutant", "reason-lost", "--catalogue",
                  scratch_.path("seeing.json"), "--statements", scratch_.path("statements")});
  EXPECT_EQ(ended.exit, 1);
  EXPECT_THAT(ended.out, AllOf(HasSubstr("+reason-lost"), HasSubstr("--mutant reason-lost")));
}

TEST(MutantsVerbWithoutThem, SaysWhichBuildsHaveThem) {
  if (mutants::kAvailable) GTEST_SKIP() << "built with them";
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"mutants"},
        std::vector<std::string>{"run", "close/client/no-code", "--mutant", "reason-lost"}}) {
    const Ended ended = run_torpor(arguments);
    EXPECT_EQ(ended.exit, 2);
    EXPECT_THAT(ended.err, HasSubstr("the preset"));
  }
}

}  // namespace
}  // namespace torpor::tool
