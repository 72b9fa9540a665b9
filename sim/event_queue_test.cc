#include "sim/event_queue.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstdint>
#include <set>
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

// Times and distances as they come: near, far, and the very same.
RC_GTEST_PROP(EventQueue, KeepsTheOrderWhileItGoesOn, ()) {
  EventQueue<Planned> queue;
  std::set<Planned> expected;
  std::int64_t now = 0;
  const auto steps = *rc::gen::inRange<std::size_t>(0, 300);
  for (std::size_t i = 0; i < steps; ++i) {
    if (!expected.empty() && *rc::gen::inRange(0, 3) == 0) {
      const Planned next = *expected.begin();
      expected.erase(expected.begin());
      now = next.first;
      RC_ASSERT(queue.next_time() == Time(Duration(now)));
      RC_ASSERT(queue.pop() == next);
      continue;
    }
    const auto reach = std::int64_t{1} << *rc::gen::element(0, 1, 3, 10, 40);
    const Planned planned{now + *rc::gen::inRange<std::int64_t>(0, reach), i};
    expected.insert(planned);
    queue.push(Time(Duration(planned.first)), planned);
    RC_ASSERT(queue.size() == expected.size());
  }
  for (const Planned& next : expected) RC_ASSERT(queue.pop() == next);
  RC_ASSERT(queue.empty());
}

TEST(EventQueue, TellsWhatComesSoon) {
  EventQueue<int> queue;
  for (int i = 1; i < 100; ++i) queue.push(Time(Duration(i)), i);
  std::set<int> told;
  for (int i = 1; i < 100; ++i) {
    const int event = queue.pop([&](int near, std::size_t) { told.insert(near); });
    EXPECT_EQ(event, i);
    EXPECT_TRUE(told.contains(i));
  }
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
