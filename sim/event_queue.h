// The future of a run: events by time, those of one time in order of scheduling.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/time.h"

namespace torpor::sim {

template <typename Event>
class EventQueue {
 public:
  void push(Time at, Event event) {
    heap_.push_back({at, sequence_++, std::move(event)});
    std::push_heap(heap_.begin(), heap_.end(), Later{});
  }
  // REQUIRES: not empty.
  Time next_time() const { return heap_.front().at; }
  const Event& next() const { return heap_.front().event; }
  Event pop() {
    std::pop_heap(heap_.begin(), heap_.end(), Later{});
    Event event = std::move(heap_.back().event);
    heap_.pop_back();
    return event;
  }
  bool empty() const { return heap_.empty(); }
  std::size_t size() const { return heap_.size(); }

 private:
  struct Entry {
    Time at;
    std::uint64_t sequence;
    Event event;
  };
  // An object rather than a function: the heap's loops inline it.
  struct Later {
    bool operator()(const Entry& a, const Entry& b) const {
      return a.at != b.at ? a.at > b.at : a.sequence > b.sequence;
    }
  };
  std::vector<Entry> heap_;
  std::uint64_t sequence_ = 0;
};

}  // namespace torpor::sim
