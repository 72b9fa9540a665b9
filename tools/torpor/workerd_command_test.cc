// The verbs on the real workerd.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>

#include "conformance/report/results_reader.h"
#include "tools/torpor/sample_scenario.h"

namespace torpor::tool {
namespace {

using ::testing::HasSubstr;

TEST(Workerd, PassesAndItsTraceSaysItsVersionAndIsTheSameOnItAndOnTheModel) {
  SampleCatalogue sample;
  const Ended certified = run_torpor(sample.with({"certify", "workerd"}));
  EXPECT_EQ(certified.exit, 0) << certified.out << certified.err;
  EXPECT_THAT(certified.out, HasSubstr("2 pass"));

  const std::string folder = sample.scratch().path("traces");
  const Ended recorded = run_torpor(sample.with({"record", "workerd", "--out", folder}));
  ASSERT_EQ(recorded.exit, 0) << recorded.err;
  EXPECT_THAT(read_whole(folder + "/close.echo.jsonl"),
              HasSubstr(R"("target":{"name":"workerd","version":"1.)"));
  for (const char* target : {"workerd", "sim"}) {
    const Ended replayed = run_torpor({"replay", folder, "--target", target, "--statements",
                                       sample.scratch().path("statements")});
    EXPECT_EQ(replayed.exit, 0) << replayed.out << replayed.err;
    EXPECT_THAT(replayed.out, HasSubstr("same      close/echo (workerd 1."));
  }
}

TEST(Workerd, DoesWithAFileWhatTheModelDoes) {
  SampleCatalogue sample;
  const std::string file = sample.scratch().path("close.json");
  sample.scratch().write("close.json", kCloseScenario);
  const Ended explored = run_torpor({"explore", file, "--target", "workerd", "--statements",
                                     sample.scratch().path("statements")});
  EXPECT_EQ(explored.exit, 0) << explored.out << explored.err;
  EXPECT_THAT(explored.out, HasSubstr("1 scenarios on the model and on workerd; 0 differed"));
  EXPECT_THAT(explored.out, HasSubstr("no difference"));
}

TEST(Workerd, KilledInTheMiddleIsToldAndWhatWasJudgedIsKept) {
  SampleCatalogue sample;
  std::string waiting = kCloseScenario;
  waiting.replace(waiting.find("{\"do\": \"close\""), 0, "{\"do\": \"wait\", \"ms\": 60000}, ");
  sample.scratch().write("catalogue/close.json", waiting);
  const std::string file = sample.scratch().path("r.jsonl");
  Running certify(sample.with({"certify", "workerd", "--results", file}));
  ASSERT_TRUE(soon([&] {
    return std::filesystem::exists(file) &&
           read_whole(file).find("attachment/limit") != std::string::npos;
  }));
  const auto workerd = child_of(certify.pid());
  ASSERT_TRUE(workerd);
  ::kill(*workerd, SIGKILL);
  const Ended ended = certify.wait(std::chrono::seconds(60));
  EXPECT_EQ(ended.exit, 3) << ended.out << ended.err;
  EXPECT_THAT(ended.out + ended.err, HasSubstr("workerd"));
  EXPECT_THAT(ended.out, HasSubstr("target failed"));
  const auto read = report::read_results_file(file);
  EXPECT_EQ(std::get<report::Results>(read).cases.size(), 2u);
}

TEST(Workerd, ACaseForALaterDateThanItKnowsIsNotForIt) {
  SampleCatalogue sample;
  std::string later = kCloseScenario;
  later.replace(later.find("\"program\""), 0,
                R"("configuration": {"compatibilityDate": "2099-01-01"}, )");
  sample.scratch().write("catalogue/close.json", later);
  const Ended ended = run_torpor(sample.with({"certify", "workerd"}), std::chrono::seconds(60));
  EXPECT_EQ(ended.exit, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("1 pass"));
  EXPECT_THAT(ended.out, HasSubstr("1 not applicable"));
}

TEST(Workerd, AVersionThatIsNotInstalledIsSaid) {
  SampleCatalogue sample;
  const Ended ended = run_torpor(sample.with({"certify", "workerd@1.20000101.0"}));
  EXPECT_EQ(ended.exit, 3) << ended.out << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("1.20000101.0"));
}

}  // namespace
}  // namespace torpor::tool
