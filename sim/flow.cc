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
  if (ended_ || finishing_ || octets.empty()) return;
  const NetworkOptions& options = context_.options;
  const bool leaves_whole = open_ && !unsent_ && options.chunk_octets_max == 0 &&
                            in_window_ + octets.size() <= options.window_octets;
  if (leaves_whole) {
    depart(std::move(octets), now);
    return;
  }
  if (!unsent_) unsent_ = std::make_unique<Unsent>();
  unsent_->octets += octets;
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
  unsent_.reset();
  if (!silent_) context_.timetable.arrival(id_, how, arrival_time(now));
}

void Flow::release(Time now) {
  const NetworkOptions& options = context_.options;
  if (!open_) return;
  while (unsent_ && in_window_ < options.window_octets) {
    const std::size_t size = chunk_size(std::min(unsent(), options.window_octets - in_window_));
    if (!depart(take_unsent(size), now)) return;
  }
  if (finishing_ && !unsent_ && !ended_) break_off(Arrival::kFin, now);
}

std::string Flow::take_unsent(std::size_t size) {
  auto& [octets, from] = *unsent_;
  if (size == unsent()) {
    std::string rest = from == 0 ? std::move(octets) : octets.substr(from);
    unsent_.reset();
    return rest;
  }
  std::string chunk = octets.substr(from, size);
  from += size;
  // Half of the string is spent: each octet is moved at most once more.
  if (from * 2 >= octets.size()) octets.erase(0, std::exchange(from, 0));
  return chunk;
}

// False when the connection breaks instead.
bool Flow::depart(std::string chunk, Time now) {
  const NetworkOptions& options = context_.options;
  const auto breaks = [&](std::uint32_t per_million, Arrival how) {
    if (!happens(per_million)) return false;
    break_off(how, now);
    return true;
  };
  if (breaks(options.cut_per_million, Arrival::kReset)) return false;
  if (breaks(options.fin_per_million, Arrival::kFin)) return false;
  silent_ = happens(options.silence_per_million) || silent_;
  in_window_ += chunk.size();
  if (silent_) return true;
  if (first_.empty()) {
    first_ = std::move(chunk);
  } else {
    others_.push_back(std::move(chunk));
  }
  context_.timetable.arrival(id_, Arrival::kOctets, arrival_time(now));
  return true;
}

void Flow::finish(Time now) {
  if (ended_ || std::exchange(finishing_, true)) return;
  release(now);
}

void Flow::reset(Time now) {
  if (!reset_) break_off(Arrival::kReset, now);
}

bool Flow::more_is_travelling() const {
  const std::size_t chunks = others_.size() - from_ + (first_.empty() ? 0 : 1);
  return arrived_ < chunks;
}

bool Flow::arrive() {
  ++arrived_;
  // What is still travelling will come: it is neither silenced nor overtaken by an end.
  const bool may_wait = context_.options.chunk_octets_max > 0 && more_is_travelling();
  return !may_wait || context_.chooser.choose(Choice::kChunk, id_, 2) == 0;
}

// REQUIRES: there is one.
std::string Flow::take_first() {
  std::string chunk = std::move(first_);
  first_.clear();
  if (from_ == others_.size()) return chunk;
  first_ = std::move(others_[from_++]);
  if (from_ == others_.size()) {
    std::vector<std::string>().swap(others_);  // flows are many, and most of them idle
    from_ = 0;
  } else if (from_ * 2 >= others_.size()) {
    others_.erase(others_.begin(), others_.begin() + std::exchange(from_, 0));
  }
  return chunk;
}

std::string Flow::take(Time now) {
  std::string taken;
  for (; arrived_ > 0; --arrived_) {
    if (taken.empty()) {
      taken = take_first();
    } else {
      taken += take_first();
    }
  }
  in_window_ -= taken.size();
  release(now);
  return taken;
}

}  // namespace torpor::sim
