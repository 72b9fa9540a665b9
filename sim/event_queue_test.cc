#include "sim/event_queue.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <tuple>
#include <vector>

namespace torpor::sim {
namespace {

// (time, tie, order of scheduling)
using Planned = std::tuple<std::int64_t, std::uint64_t, std::size_t>;

RC_GTEST_PROP(EventQueue, GivesEventsByTimeThenTieThenOrderOfScheduling, ()) {
  EventQueue<Planned> queue;
  std::vector<Planned> planned, happened;
  const auto count = *rc::gen::inRange<std::size_t>(0, 200);
  for (std::size_t i = 0; i < count; ++i) {
    planned.emplace_back(*rc::gen::inRange(0, 10), *rc::gen::inRange(0, 3), i);
    const auto& [at, tie, order] = planned.back();
    queue.push(Time(Duration(at)), tie, planned.back());
  }
  RC_ASSERT(queue.size() == count);
  while (!queue.empty()) {
    const Time at = queue.next_time();
    happened.push_back(queue.pop());
    RC_ASSERT(Time(Duration(std::get<0>(happened.back()))) == at);
  }
  std::sort(planned.begin(), planned.end());
  RC_ASSERT(happened == planned);
}

TEST(EventQueue, WhatIsScheduledInBetweenComesInItsPlace) {
  EventQueue<char> queue;
  queue.push(Time(Duration(1)), 0, 'a');
  queue.push(Time(Duration(3)), 0, 'd');
  EXPECT_EQ(queue.pop(), 'a');
  queue.push(Time(Duration(3)), 0, 'e');
  queue.push(Time(Duration(2)), 9, 'b');
  queue.push(Time(Duration(3)), 0, 'f');
  EXPECT_EQ(queue.pop(), 'b');
  EXPECT_EQ(queue.pop(), 'd');
  EXPECT_EQ(queue.pop(), 'e');
  EXPECT_EQ(queue.pop(), 'f');
  EXPECT_TRUE(queue.empty());
}

}  // namespace
}  // namespace torpor::sim
