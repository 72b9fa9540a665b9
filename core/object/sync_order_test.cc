#include "core/object/sync_order.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>

namespace torpor::object {
namespace {

class SyncOrderTest : public ::testing::Test {
 protected:
  void message_begins() {
    order_.turn_begins();
    order_.event_begins(true);
  }
  void alarm_begins() {
    order_.turn_begins();
    order_.event_begins(false);
  }
  void wait(std::uint64_t name, bool wrote) { order_.wait({Time{}, name}, wrote); }
  std::optional<std::uint64_t> next() {
    if (!order_.has_next()) return std::nullopt;
    order_.turn_begins();
    return order_.take_next().second;
  }

  SyncOrder order_;
};

TEST_F(SyncOrderTest, WhatHasWrittenNothingGoesOnBeforeTheNextMessage) {
  message_begins();
  wait(1, false);
  EXPECT_EQ(next(), 1U);
  EXPECT_TRUE(order_.empty());
}

TEST_F(SyncOrderTest, WhatHasWrittenGoesOnBehindOneMessage) {
  message_begins();
  wait(1, true);
  EXPECT_EQ(next(), std::nullopt);
  message_begins();
  EXPECT_EQ(next(), 1U);
}

TEST_F(SyncOrderTest, EachFurtherSyncLetsOneMoreMessageGoFirst) {
  message_begins();
  wait(1, false);
  EXPECT_EQ(next(), 1U);
  wait(2, false);
  EXPECT_EQ(next(), std::nullopt);
  message_begins();
  EXPECT_EQ(next(), 2U);
}

TEST_F(SyncOrderTest, AllThatAwaitsItInATurnThatWroteLetsTheSameMessageGoFirst) {
  message_begins();
  wait(1, true);
  wait(2, false);  // the first has seen to what the turn wrote
  EXPECT_EQ(next(), std::nullopt);
  message_begins();
  EXPECT_EQ(next(), 1U);
  EXPECT_EQ(next(), 2U);
}

TEST_F(SyncOrderTest, AtATurnWithoutAMessageEverythingElseGoesFirst) {
  alarm_begins();
  wait(1, false);
  message_begins();
  EXPECT_EQ(next(), std::nullopt);
  EXPECT_FALSE(order_.empty());
  order_.let_all_go();
  EXPECT_EQ(next(), 1U);
}

TEST_F(SyncOrderTest, AResetForgetsWhatWaits) {
  message_begins();
  wait(1, false);
  order_.forget_all();
  EXPECT_TRUE(order_.empty());
  EXPECT_EQ(next(), std::nullopt);
}

}  // namespace
}  // namespace torpor::object
