#include "sim/event_queue.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace torpor::sim {
namespace {

// (time, order of scheduling)
using Planned = std::pair<std::int64_t, std::size_t>;

RC_GTEST_PROP(EventQueue, GivesEventsByTimeThenOrderOfScheduling, ()) {
  EventQueue<Planned> queue;
  std::vector<Planned> planned, happened;
  const auto count = *rc::gen::inRange<std::size_t>(0, 200);
  for (std::size_t i = 0; i < count; ++i) {
    planned.emplace_back(*rc::gen::inRange(0, 10), i);
    queue.push(Time(Duration(planned.back().first)), planned.back());
  }
  RC_ASSERT(queue.size() == count);
  while (!queue.empty()) {
    const Time at = queue.next_time();
    happened.push_back(queue.pop());
    RC_ASSERT(Time(Duration(happened.back().first)) == at);
  }
  std::sort(planned.begin(), planned.end());
  RC_ASSERT(happened == planned);
}

TEST(EventQueue, WhatIsScheduledInBetweenComesInItsPlace) {
  EventQueue<char> queue;
  queue.push(Time(Duration(1)), 'a');
  queue.push(Time(Duration(3)), 'd');
  EXPECT_EQ(queue.pop(), 'a');
  queue.push(Time(Duration(3)), 'e');
  queue.push(Time(Duration(2)), 'b');
  queue.push(Time(Duration(3)), 'f');
  EXPECT_EQ(queue.pop(), 'b');
  EXPECT_EQ(queue.pop(), 'd');
  EXPECT_EQ(queue.pop(), 'e');
  EXPECT_EQ(queue.pop(), 'f');
  EXPECT_TRUE(queue.empty());
}

}  // namespace
}  // namespace torpor::sim
