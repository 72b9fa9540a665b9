// The future of a run: events by time, those of one time in order of scheduling.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/time.h"

namespace torpor::sim {

// A radix heap (Ahuja, Mehlhorn, Orlin, Tarjan, "Faster algorithms for the shortest path problem",
// 1990), since time never goes back: an event lies in the bucket of the highest bit in which its
// time differs from the present, and moves to lower ones as its time comes nearer. Buckets are
// appended to and gone through in order, so that their order is that of scheduling.
template <typename Event>
class EventQueue {
 public:
  // REQUIRES: `at` is not before the event that was popped last.
  void push(Time at, Event event) {
    const auto number = static_cast<std::uint64_t>(to_microseconds(at));
    assert(number >= now_);
    ++size_;
    if (number != now_) return enter({number, std::move(event)});
    due_.push_back({number, std::move(event)});
  }
  // REQUIRES: not empty.
  Time next_time() const {
    const std::uint64_t next = due_.empty() ? least_[std::countr_zero(filled_)] : now_;
    return Time(Duration(static_cast<std::int64_t>(next)));
  }
  // REQUIRES: not empty. Calls near(event, ahead) for events that come soon: `ahead` is about how
  // many come before it.
  template <typename Near>
  Event pop(Near near) {
    if (due_.empty()) come_to_next(near);
    --size_;
    Event event = std::move(due_[taken_].event);
    if (++taken_ == due_.size()) {
      due_.clear();
      taken_ = 0;
    }
    return event;
  }
  Event pop() {
    return pop([](const Event&, std::size_t) {});
  }
  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }

 private:
  struct Entry {
    std::uint64_t at;
    Event event;
  };

  // REQUIRES: its time is to come.
  void enter(Entry entry) {
    const int bucket = std::bit_width(entry.at ^ now_) - 1;
    const std::uint64_t bit = std::uint64_t{1} << bucket;
    least_[bucket] = filled_ & bit ? std::min(least_[bucket], entry.at) : entry.at;
    filled_ |= bit;
    buckets_[bucket].push_back(std::move(entry));
  }

  // Time moves to the next event's: its bucket, the lowest, is spread over those below.
  template <typename Near>
  void come_to_next(Near near) {
    const int bucket = std::countr_zero(filled_);
    now_ = least_[bucket];
    filled_ &= filled_ - 1;
    std::swap(moving_, buckets_[bucket]);
    for (Entry& entry : moving_) {
      near(entry.event, moving_.size());
      if (entry.at != now_) {
        enter(std::move(entry));
      } else {
        due_.push_back(std::move(entry));
      }
    }
    moving_.clear();
  }

  std::uint64_t now_ = 0;
  std::vector<Entry> due_;  // now, in their order
  std::size_t taken_ = 0;   // of them
  std::size_t size_ = 0;
  std::uint64_t filled_ = 0;                  // a bit for each bucket that is not empty
  std::array<std::uint64_t, 64> least_ = {};  // the earliest time in each of those
  std::array<std::vector<Entry>, 64> buckets_;
  std::vector<Entry> moving_;  // empty: memory for the next bucket to be spread
};

}  // namespace torpor::sim
