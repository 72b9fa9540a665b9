#include "conformance/properties/alarm_clock.h"

#include <gtest/gtest.h>

namespace torpor::properties {
namespace {

Time at(std::int64_t ms) {
  return Time(milliseconds(ms));
}

TEST(AlarmClock, GoesOffOnceWhenItIsDue) {
  AlarmClock alarm;
  EXPECT_TRUE(alarm.rings(at(0)));
  alarm.set(at(1000));
  EXPECT_FALSE(alarm.passes(at(999), at(0)));
  EXPECT_FALSE(alarm.rings(at(1000)));
  EXPECT_TRUE(alarm.rings(at(1000)));
}

TEST(AlarmClock, IsNeitherEarlyNorLate) {
  AlarmClock alarm;
  alarm.set(at(1000));
  EXPECT_TRUE(alarm.passes(at(1500), at(0)));
  EXPECT_FALSE(alarm.passes(at(1500), at(1499))) << "held back";
  EXPECT_TRUE(alarm.rings(at(900)));
}

TEST(AlarmClock, ComesAgainSixTimesAfterTwiceAsLongEachTime) {
  AlarmClock alarm;
  std::int64_t now = 0;
  for (std::int64_t wait = 2000; wait <= 64'000; wait *= 2) {
    alarm.failed(at(now));
    ASSERT_TRUE(alarm.is_set());
    EXPECT_TRUE(alarm.passes(at(now + wait + 10), at(0)));
    now += wait;
    EXPECT_FALSE(alarm.rings(at(now)));
  }
  alarm.failed(at(now));
  EXPECT_FALSE(alarm.is_set());
}

TEST(AlarmClock, ThatItsHandlerHasSetIsNoRetry) {
  AlarmClock alarm;
  alarm.set(at(9000));
  alarm.failed(at(0));
  EXPECT_FALSE(alarm.passes(at(2500), at(0)));
  EXPECT_FALSE(alarm.rings(at(9000)));
}

TEST(AlarmClock, CountsAnewAfterASuccess) {
  AlarmClock alarm;
  alarm.failed(at(0));
  alarm.rings(at(2000));
  alarm.succeeded();
  alarm.failed(at(3000));
  EXPECT_FALSE(alarm.rings(at(5000)));
}

TEST(AlarmClock, KnowsNothingOfAWriteThatMayBeLost) {
  AlarmClock alarm;
  alarm.set(at(1000));
  alarm.lose();
  EXPECT_FALSE(alarm.passes(at(5000), at(0)));
  EXPECT_FALSE(alarm.rings(at(10)));
}

}  // namespace
}  // namespace torpor::properties
