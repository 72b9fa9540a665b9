// The verbs on the real workerd.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <optional>
#include <thread>

#include "conformance/report/results_reader.h"
#include "tools/torpor/sample_scenario.h"

namespace torpor::tool {
namespace {

using ::testing::HasSubstr;

// The workerd that a running command has started, once there is one.
std::optional<int> child_of(int pid) {
  std::ifstream children("/proc/" + std::to_string(pid) + "/task/" + std::to_string(pid) +
                         "/children");
  int child = 0;
  return children >> child ? std::optional(child) : std::nullopt;
}

template <typename Condition>
bool soon(Condition condition) {
  for (int i = 0; i < 3000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

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

TEST(Workerd, AVersionThatIsNotInstalledIsSaid) {
  SampleCatalogue sample;
  const Ended ended = run_torpor(sample.with({"certify", "workerd@1.20000101.0"}));
  EXPECT_EQ(ended.exit, 3) << ended.out << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("1.20000101.0"));
}

}  // namespace
}  // namespace torpor::tool
