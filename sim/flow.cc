#include "sim/flow.h"

#include <algorithm>
#include <utility>

namespace torpor::sim {
namespace {

constexpr std::uint64_t kMillion = 1'000'000;

}  // namespace

bool Flow::happens(std::uint32_t per_million) {
  return per_million > 0 && chooser_.choose(Choice::kFault, entity_, kMillion) < per_million;
}

// Always behind what was sent earlier, even when events of one instant are shuffled: order within a direction is TCP's.
Time Flow::arrival_time(Time now) {
  const auto spread = static_cast<std::uint64_t>((options_.latency_max - options_.latency_min).count());
  Duration delay = options_.latency_min;
  if (spread > 0) delay += Duration(static_cast<std::int64_t>(chooser_.choose(Choice::kLatency, entity_, spread + 1)));
  if (happens(options_.stall_per_million)) {
    const auto stall = static_cast<std::uint64_t>(options_.stall_max.count());
    delay += Duration(static_cast<std::int64_t>(chooser_.choose(Choice::kFault, entity_, stall + 1)));
  }
  last_ = std::max(last_ + Duration(1), now + delay);
  return last_;
}

std::vector<Arrival> Flow::send(std::string octets, Time now) {
  if (ended_ || finishing_) return {};
  unsent_ += octets;
  return release(now);
}

std::vector<Arrival> Flow::release(Time now) {
  std::vector<Arrival> arrivals;
  std::size_t from = 0;
  while (from < unsent_.size() && in_window_ < options_.window_octets && !ended_) {
    std::size_t size = std::min(unsent_.size() - from, options_.window_octets - in_window_);
    if (options_.chunk_octets_max > 0) {
      const std::size_t most = std::min(size, options_.chunk_octets_max);
      size = 1 + static_cast<std::size_t>(chooser_.choose(Choice::kChunk, entity_, most));
    }
    if (happens(options_.cut_per_million)) {
      ended_ = true;
      arrivals.push_back({Arrival::Kind::kReset, arrival_time(now), {}});
      break;
    }
    silent_ = silent_ || happens(options_.silence_per_million);
    in_window_ += size;
    if (!silent_) arrivals.push_back({Arrival::Kind::kOctets, arrival_time(now), unsent_.substr(from, size)});
    from += size;
  }
  unsent_.erase(0, from);
  if (finishing_ && unsent_.empty() && !ended_) {
    ended_ = true;
    if (!silent_) arrivals.push_back({Arrival::Kind::kFin, arrival_time(now), {}});
  }
  return arrivals;
}

std::vector<Arrival> Flow::finish(Time now) {
  if (ended_ || std::exchange(finishing_, true)) return {};
  return release(now);
}

// What the sender still held is gone; what is on its way arrives first.
std::vector<Arrival> Flow::reset(Time now) {
  unsent_.clear();
  if (std::exchange(ended_, true) && !finishing_) return {};
  if (silent_) return {};
  return {{Arrival::Kind::kReset, arrival_time(now), {}}};
}

std::vector<Arrival> Flow::taken(std::size_t octets, Time now) {
  in_window_ -= std::min(in_window_, octets);
  return release(now);
}

}  // namespace torpor::sim
