// That the benchmarks do the work they say they do, at a size that takes no time. How fast is
// nobody's business here.
#include <gtest/gtest.h>

#include "conformance/bench/benchmark.h"
#include "conformance/bench/echo.h"
#include "conformance/bench/events.h"
#include "conformance/bench/hibernated.h"
#include "conformance/bench/replay.h"
#include "conformance/bench/seeds.h"

namespace torpor::bench {
namespace {

double besides(const Outcome& outcome, const std::string& name) {
  for (const auto& [what, value] : outcome.besides) {
    if (what == name) return value;
  }
  ADD_FAILURE() << "no " << name;
  return 0;
}

TEST(Echo, GivesEachClientFiveHundredEchoes) {
  const Outcome outcome = run_echo(3);
  EXPECT_EQ(besides(outcome, "messages"), 1500);
  // There, back, and the pause's end; each begins once more and finds its time over.
  EXPECT_EQ(besides(outcome, "events"), 3 * (500 * 3 + 1));
  EXPECT_GT(outcome.value, 0);
}

TEST(Events, EndsAfterAsManyAsWereAskedFor) {
  const Outcome outcome = run_events(150'000);
  EXPECT_EQ(besides(outcome, "events"), 150'000);
  EXPECT_GT(besides(outcome, "alarms"), 0);
}

TEST(HibernatedDay, HasAnAlarmForEachMinute) {
  EXPECT_EQ(besides(run_hibernated_day(3), "alarms"), 24 * 60);
}

TEST(HibernatedMemory, IsCountedWithoutTheAttachment) {
  const Outcome outcome = run_hibernated_socket(1000);
#ifndef TORPOR_SANITIZE  // whose heap is not counted
  EXPECT_GT(outcome.value, 0);
#endif
  EXPECT_EQ(besides(outcome, "octets with attachment"), outcome.value + 64);
  EXPECT_EQ(besides(run_hibernated_crowd(100), "sockets"), 100);
}

TEST(Seeds, AreRunTwiceWithOneDigest) {
  EXPECT_EQ(besides(run_seeds(3), "runs"), 6);
}

TEST(Replay, FindsTracesThatDifferInTimesAndKeysTheSame) {
  EXPECT_EQ(besides(run_replay_of_the_same(1000), "events"), 1000);
  EXPECT_EQ(besides(run_replay_with_other_keys(1000), "events"), 1000);
}

TEST(Targets, AreReachedFromTheRightSide) {
  const Benchmark rate{.name = "r", .definition = "", .unit = "", .least = 10, .aim = 20};
  EXPECT_EQ(reached(rate, 9), Reached::kNothing);
  EXPECT_EQ(reached(rate, 10), Reached::kLeast);
  EXPECT_EQ(reached(rate, 20), Reached::kAim);
  const Benchmark size{
      .name = "s", .definition = "", .unit = "", .more_is_better = false, .least = 160};
  EXPECT_EQ(reached(size, 161), Reached::kNothing);
  EXPECT_EQ(reached(size, 160), Reached::kAim);
}

}  // namespace
}  // namespace torpor::bench
