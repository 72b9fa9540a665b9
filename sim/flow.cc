#include "sim/flow.h"

#include <algorithm>
#include <utility>

namespace torpor::sim {

// Never equal to an earlier one, so that not even a shuffle of equal times can change the order
// within a flow.
Time Flow::arrival_time(Time now) {
  const NetworkOptions& options = context_.options;
  Duration delay = options.latency_min;
  const auto draw_up_to = [this](Choice kind, Duration most) {
    const auto bound = static_cast<std::uint64_t>(most.count()) + 1;
    return Duration(static_cast<std::int64_t>(context_.chooser.choose(kind, id_, bound)));
  };
  if (options.latency_max > options.latency_min) {
    delay += draw_up_to(Choice::kLatency, options.latency_max - options.latency_min);
  }
  if (happens(options.stall_per_million)) delay += draw_up_to(Choice::kFault, options.stall_max);
  last_arrival_ = std::max(last_arrival_ + Duration(1), now + delay);
  return last_arrival_;
}

bool Flow::happens(std::uint32_t per_million) {
  return fault_happens(context_.chooser, id_, per_million);
}

void Flow::open(Time now) {
  open_ = true;
  release(now);
}

void Flow::send(std::string octets, Time now) {
  if (ended_ || finishing_) return;
  if (unsent() == 0) {
    unsent_ = std::move(octets);
    unsent_from_ = 0;
  } else {
    unsent_ += octets;
  }
  release(now);
}

std::size_t Flow::chunk_size(std::size_t size_max) {
  const std::size_t chunk_max = context_.options.chunk_octets_max;
  if (chunk_max == 0) return size_max;
  const std::size_t most = std::min(size_max, chunk_max);
  return most - static_cast<std::size_t>(context_.chooser.choose(Choice::kChunk, id_, most));
}

void Flow::break_off(Arrival how, Time now) {
  ended_ = true;
  reset_ = how == Arrival::kReset;
  unsent_.clear();
  unsent_from_ = 0;
  if (!silent_) context_.timetable.arrival(id_, how, arrival_time(now));
}

void Flow::release(Time now) {
  const NetworkOptions& options = context_.options;
  if (!open_) return;
  while (unsent() > 0 && in_window_ < options.window_octets) {
    const std::size_t size = chunk_size(std::min(unsent(), options.window_octets - in_window_));
    if (happens(options.cut_per_million)) return break_off(Arrival::kReset, now);
    if (happens(options.fin_per_million)) return break_off(Arrival::kFin, now);
    silent_ = happens(options.silence_per_million) || silent_;
    release_chunk(size, now);
  }
  if (finishing_ && unsent() == 0 && !ended_) break_off(Arrival::kFin, now);
}

void Flow::release_chunk(std::size_t size, Time now) {
  std::string chunk;
  if (size == unsent_.size()) {
    chunk = std::exchange(unsent_, {});
  } else {
    chunk = unsent_.substr(unsent_from_, size);
    unsent_from_ += size;
    // Half of the string is spent: each octet is moved at most once more.
    if (unsent_from_ * 2 >= unsent_.size()) unsent_.erase(0, std::exchange(unsent_from_, 0));
  }
  in_window_ += size;
  if (silent_) return;
  travelling_.push_back(std::move(chunk));
  context_.timetable.arrival(id_, Arrival::kOctets, arrival_time(now));
}

void Flow::finish(Time now) {
  if (ended_ || std::exchange(finishing_, true)) return;
  release(now);
}

void Flow::reset(Time now) {
  if (!reset_) break_off(Arrival::kReset, now);
}

bool Flow::arrive() {
  std::string& chunk = travelling_[travelling_from_++];
  if (arrived_.empty()) {
    arrived_ = std::move(chunk);
  } else {
    arrived_ += chunk;
  }
  if (travelling_from_ * 2 >= travelling_.size()) {
    const auto spent = static_cast<std::ptrdiff_t>(std::exchange(travelling_from_, 0));
    travelling_.erase(travelling_.begin(), travelling_.begin() + spent);
    // Flows are many, and most of them idle.
    if (travelling_.empty()) std::vector<std::string>().swap(travelling_);
  }
  // What is still travelling will come: it is neither silenced nor overtaken by an end.
  const bool may_wait = context_.options.chunk_octets_max > 0 && !travelling_.empty();
  return !may_wait || context_.chooser.choose(Choice::kChunk, id_, 2) == 0;
}

std::string Flow::take(Time now) {
  std::string taken = std::exchange(arrived_, {});
  in_window_ -= taken.size();
  release(now);
  return taken;
}

}  // namespace torpor::sim
