// Bad input ends with 2 and a message that says what to do; help has an example.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tools/torpor/sample_scenario.h"

namespace torpor::tool {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class Usage : public ::testing::Test {
 protected:
  Ended list_with(const std::string& scenario) {
    std::string file = scratch_.write("catalogue/a.json", scenario);
    return run_torpor({"list", "--catalogue", file, "--statements", statements_});
  }

  std::string replaced(const std::string& from, const std::string& to) {
    std::string text = kCloseScenario;
    text.replace(text.find(from), from.size(), to);
    return text;
  }

  Scratch scratch_;
  std::string statements_ = [this] {
    scratch_.write("statements/all.json", kSampleStatements);
    return scratch_.path("statements");
  }();
};

TEST_F(Usage, AnUnknownVerbSuggestsTheClosest) {
  Ended ended = run_torpor({"lst"});
  EXPECT_EQ(ended.exit, 2);
  EXPECT_THAT(ended.err, HasSubstr("unknown verb \"lst\" (did you mean \"list\"?)"));
}

TEST_F(Usage, NoVerbAndAnUnknownOptionSayWhereTheHelpIs) {
  EXPECT_EQ(run_torpor({}).exit, 2);
  Ended ended = run_torpor({"list", "--nonsense"});
  EXPECT_EQ(ended.exit, 2);
  EXPECT_THAT(ended.err, HasSubstr("torpor list --help"));
}

TEST_F(Usage, EveryVerbHasHelpWithAnExample) {
  for (const char* verb : {"certify", "run", "record", "replay", "list", "explain", "coverage",
                           "report", "compare", "probe", "serve", "mutants"}) {
    Ended ended = run_torpor({verb, "--help"});
    EXPECT_EQ(ended.exit, 0) << verb;
    EXPECT_THAT(ended.out, HasSubstr(std::string("Example:\n  torpor ") + verb)) << verb;
  }
  EXPECT_THAT(run_torpor({"--version"}).out, HasSubstr("torpor "));
}

TEST_F(Usage, ListsAndExplainsACatalogue) {
  Ended listed = list_with(kCloseScenario);
  EXPECT_EQ(listed.exit, 0) << listed.err;
  EXPECT_THAT(listed.out, HasSubstr("close/echo  The handler's Close reaches the client"));
  Ended explained = run_torpor({"explain", "CLE-01", "--catalogue", scratch_.path("catalogue"),
                                "--statements", statements_});
  EXPECT_EQ(explained.exit, 0) << explained.err;
  EXPECT_THAT(explained.out, HasSubstr("Not always."));
  EXPECT_THAT(explained.out, HasSubstr(R"(parity      a: Close 4001 "bye")"));
}

TEST_F(Usage, ListsCasesByWhatTheirStatementsAre) {
  SampleCatalogue sample;
  const auto listed = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "list");
    return run_torpor(sample.with(arguments)).out;
  };
  EXPECT_THAT(listed({"--area", "all", "--level", "must", "--source", "workerd"}),
              AllOf(HasSubstr("close/echo"), HasSubstr("attachment/limit")));
  EXPECT_THAT(listed({"--source", "docs"}),
              AllOf(HasSubstr("close/echo"), Not(HasSubstr("attachment/limit"))));
  const Ended none = run_torpor(sample.with({"list", "--area", "tags"}));
  EXPECT_EQ(none.exit, 2);
  EXPECT_THAT(none.err, HasSubstr("--area: unknown \"tags\"; allowed: all"));
  EXPECT_EQ(run_torpor(sample.with({"list", "--level", "most"})).exit, 2);
}

TEST_F(Usage, CoverageNamesWhatHasNoCaseAndFailsUnderALimit) {
  const std::string file = scratch_.write("catalogue/a.json", kCloseScenario);
  const auto coverage = [&](const char* percent) {
    return run_torpor(
        {"coverage", "--fail-under", percent, "--catalogue", file, "--statements", statements_});
  };
  EXPECT_EQ(coverage("50").exit, 0);
  const Ended under = coverage("51");
  EXPECT_EQ(under.exit, 1);
  EXPECT_THAT(under.out, HasSubstr("1 of 2 testable statements have a case (50.0 %)"));
  EXPECT_THAT(under.out, HasSubstr("ATT-02  An attachment may take 16,384 octets."));
  EXPECT_THAT(under.err, HasSubstr("coverage is 50.0 %, less than 51 %"));
  EXPECT_EQ(coverage("101").exit, 2);
}

TEST_F(Usage, ASyntaxErrorHasItsLine) {
  Ended ended = list_with(replaced("\"program\": {", "\"program\": "));
  EXPECT_EQ(ended.exit, 2);
  EXPECT_THAT(ended.err, HasSubstr("a.json:5:"));
}

TEST_F(Usage, AnUnknownOpIsNamed) {
  Ended ended = list_with(replaced("\"op\": \"close\"", "\"op\": \"clse\""));
  EXPECT_EQ(ended.exit, 2);
  EXPECT_THAT(ended.err, HasSubstr("a.json"));
  EXPECT_THAT(ended.err, HasSubstr("clse"));
}

TEST_F(Usage, AFolderWithoutStatementsIsOneProblem) {
  scratch_.write("empty/README.md", "none yet");
  Ended ended = run_torpor({"certify", "sim", "--statements", scratch_.path("empty")});
  EXPECT_EQ(ended.exit, 2);
  EXPECT_EQ(ended.err,
            scratch_.path("empty") +
                ": holds no statements\ntorpor: 1 problem, shown above; nothing was run\n");
}

TEST_F(Usage, AnUnknownStatementIsNamed) {
  Ended ended = list_with(replaced("[\"CLE-01\"]", "[\"CLE-99\"]"));
  EXPECT_EQ(ended.exit, 2);
  EXPECT_THAT(ended.err, HasSubstr("CLE-99"));
}

TEST_F(Usage, AScenarioIsNestedToALimit) {
  Ended ended = list_with(std::string(100'000, '['));
  EXPECT_EQ(ended.exit, 2);
  EXPECT_THAT(ended.err, HasSubstr("a.json:1: nested deeper than 256 levels"));
}

TEST_F(Usage, AMissingFileIsNoUnknownCase) {
  Ended ended = run_torpor({"run", scratch_.path("nothing.json")});
  EXPECT_EQ(ended.exit, 2);
  EXPECT_THAT(ended.err, HasSubstr("nothing.json: no such file"));
}

TEST_F(Usage, TargetsHaveAForm) {
  for (const char* target : {"nowhere", "tcp://", "tcp://host", "tcp://host:0", "tcp://host:70000",
                             "tcp://host:1x", "workerd@", "workerd@../x"}) {
    Ended ended = run_torpor({"certify", target});
    EXPECT_EQ(ended.exit, 2) << target << ended.err;
    EXPECT_THAT(ended.out, ::testing::IsEmpty()) << target;
  }
}

TEST_F(Usage, SeedAndJobsAreWholeNumbers) {
  for (const char* option : {"--seed", "--jobs"}) {
    for (const char* number :
         {"-1", "99999999999999999999", "18446744073709551616", "+1", "0x10", "1.5", "one", "1 "}) {
      Ended ended = run_torpor({"certify", "sim", option, number});
      EXPECT_EQ(ended.exit, 2) << option << number << ended.err;
      EXPECT_THAT(ended.err,
                  HasSubstr(std::string(option) +
                            ": must be a whole number from 0 to 18446744073709551615, not "))
          << number;
    }
  }
  const std::string file = scratch_.write("catalogue/a.json", kCloseScenario);
  for (const char* seed : {"0", "010", "18446744073709551615"}) {
    Ended ended =
        run_torpor({"run", file, "--statements", statements_, "--seed", seed, "--jobs", "2"});
    EXPECT_EQ(ended.exit, 0) << seed << ended.err;
  }
}

TEST_F(Usage, APortIsInRange) {
  EXPECT_EQ(run_torpor({"serve", "--port", "70000"}).exit, 2);
}

TEST_F(Usage, ListNamesWhatItKnows) {
  EXPECT_THAT(run_torpor({"list", "--area", "tag"}).err,
              HasSubstr(R"(--area: unknown "tag" (did you mean "tags"?))"));
  EXPECT_THAT(run_torpor({"list", "--source", "rfc6544"}).err, HasSubstr("rfc6455"));
  EXPECT_THAT(run_torpor({"list", "--feature", "evicts"}).err, HasSubstr("evict"));
}

TEST_F(Usage, ExplainListsStatementsByAGlob) {
  const Ended listed = run_torpor({"explain", "ATT-*"});
  EXPECT_EQ(listed.exit, 0);
  EXPECT_THAT(listed.out, HasSubstr("ATT-01     must      serializeAttachment()"));
  EXPECT_EQ(run_torpor({"explain", "NOTHING-*"}).exit, 2);
}

TEST_F(Usage, NothingSelectedIsNeverGreen) {
  std::string file = scratch_.write("catalogue/a.json", kCloseScenario);
  Ended filtered =
      run_torpor({"list", "nothing/*", "--catalogue", file, "--statements", statements_});
  EXPECT_EQ(filtered.exit, 2);
  EXPECT_THAT(filtered.err, HasSubstr("nothing selected: no case matches --filter 'nothing/*'"));
}

}  // namespace
}  // namespace torpor::tool
