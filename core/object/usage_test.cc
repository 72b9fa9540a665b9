#include "core/object/usage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

namespace torpor::object {
namespace {

Time at(std::int64_t us) {
  return Time(Duration(us));
}

Holds held_by(std::initializer_list<Hold> all) {
  Holds holds;
  for (const Hold hold : all) holds.set(index_of(hold));
  return holds;
}

TEST(Usage, EveryHoldHasANameOfItsOwn) {
  std::set<std::string> names;
  for (std::size_t i = 0; i < kHoldCount; ++i)
    names.emplace(name_of(Hold{static_cast<std::uint8_t>(i)}));
  EXPECT_EQ(names.size(), kHoldCount);
  EXPECT_EQ(names.count(""), 0u);
  EXPECT_EQ(index_of(Hold::kAlarm) + 1, kHoldCount);
  EXPECT_EQ(name_of(Hold::kRequest), "request");
  EXPECT_EQ(name_of(Hold::kTimer), "timer");
  EXPECT_EQ(name_of(Hold::kStandardSocket), "standardSocket");
  EXPECT_EQ(name_of(Hold::kAlarm), "alarm");
}

TEST(Usage, BillsAMessageAsATwentiethOfARequest) {
  Usage usage;
  EXPECT_EQ(usage.billed_requests(), (BilledRequests{0, 0}));
  usage.upgrades = 1;
  usage.http_requests = 2;
  usage.alarms = 4;
  EXPECT_EQ(usage.billed_requests(), (BilledRequests{7, 0}));
  usage.messages_in = 19;
  EXPECT_EQ(usage.billed_requests(), (BilledRequests{7, 19}));
  usage.messages_in = 20;
  EXPECT_EQ(usage.billed_requests(), (BilledRequests{8, 0}));
  usage.messages_in = 101;
  EXPECT_EQ(usage.billed_requests(), (BilledRequests{12, 1}));
}

TEST(Usage, BillsNothingElse) {
  Usage usage;
  usage.messages_out = usage.auto_responses = usage.pings = usage.alarms_set = 1000;
  EXPECT_EQ(usage.billed_requests(), (BilledRequests{0, 0}));
}

TEST(Usage, BillsTheTimeInWhichSomethingHeldTheObject) {
  Usage usage;
  usage.set_holds(at(100), held_by({Hold::kTimer}));
  EXPECT_EQ(usage.billed(at(100)).count(), 0);
  EXPECT_EQ(usage.billed(at(130)).count(), 30);
  usage.set_holds(at(150), held_by({}));
  EXPECT_EQ(usage.billed(at(170)).count(), 50);
  EXPECT_EQ(usage.free(at(170)).count(), 20);
  usage.set_holds(at(180), std::nullopt);
  EXPECT_EQ(usage.billed(at(9999)).count(), 50);
  EXPECT_EQ(usage.free(at(9999)).count(), 30);
  usage.set_holds(at(10000), held_by({Hold::kHandler}));
  EXPECT_EQ(usage.billed(at(10001)).count(), 51);
}

TEST(Usage, CountsEachHoldByItselfButBillsTheTimeOnce) {
  Usage usage;
  usage.set_holds(at(0), held_by({Hold::kTimer}));
  usage.set_holds(at(10), held_by({Hold::kTimer, Hold::kWaitUntil}));
  usage.set_holds(at(30), held_by({Hold::kWaitUntil}));
  EXPECT_EQ(usage.held_by(Hold::kTimer, at(70)).count(), 30);
  EXPECT_EQ(usage.held_by(Hold::kWaitUntil, at(70)).count(), 60);
  EXPECT_EQ(usage.held_by(Hold::kHandler, at(70)).count(), 0);
  EXPECT_EQ(usage.billed(at(70)).count(), 70);
  EXPECT_EQ(usage.free(at(70)).count(), 0);
}

TEST(Usage, CostsNothingBeforeTheFirstInstance) {
  const Usage usage;
  EXPECT_EQ(usage.billed(at(1'000'000)).count(), 0);
  EXPECT_EQ(usage.free(at(1'000'000)).count(), 0);
}

}  // namespace
}  // namespace torpor::object
