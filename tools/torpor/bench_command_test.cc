// `torpor bench`: what it prints, and that a name it does not know is said so.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "core/json.h"
#include "tools/torpor/process.h"

namespace torpor::tool {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(Bench, PrintsFiguresWithTheirDefinitionAndTargets) {
  const Ended ended = run_torpor({"bench", "hibernated-day"});
  EXPECT_EQ(ended.exit, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("hibernated-day"));
  EXPECT_THAT(ended.out, HasSubstr("aim 10"));
  EXPECT_THAT(ended.out, HasSubstr("1,440 alarms"));
  EXPECT_THAT(ended.out, HasSubstr("an alarm a minute"));
  EXPECT_THAT(ended.err, IsEmpty());
}

TEST(Bench, PrintsOneJsonObjectForEach) {
  const Ended ended = run_torpor({"bench", "--json", "hibernated-day"});
  EXPECT_EQ(ended.exit, 0) << ended.err;
  const Json line = Json::parse(ended.out);
  EXPECT_EQ(line["benchmark"], "hibernated-day");
  EXPECT_GT(line["value"], 0);
  EXPECT_EQ(line["aim"], 10);
  EXPECT_GT(line["peak_octets"], 0);
  EXPECT_EQ(line["besides"]["sockets"], 1000);
}

TEST(Bench, KnowsItsNames) {
  const Ended ended = run_torpor({"bench", "hibernated-dya"});
  EXPECT_EQ(ended.exit, 2);
  EXPECT_THAT(ended.err, HasSubstr("hibernated-day"));
}

TEST(Bench, EndsWithItsWorkWhenInterrupted) {
  Running running({"bench", "echo/10000"});
  running.signal(SIGINT);
  const Ended ended = running.wait();
  EXPECT_EQ(ended.exit, 130);
}

}  // namespace
}  // namespace torpor::tool
