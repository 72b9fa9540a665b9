#include "conformance/properties/alarm_clock.h"

#include <algorithm>
#include <utility>

namespace torpor::properties {
namespace {

constexpr int kRetriesMax = 6;
constexpr Duration kFirstRetry = milliseconds(2000);

}  // namespace

void AlarmClock::set(std::optional<Time> due) {
  set_ = known_ = true;
  due_ = due;
}

void AlarmClock::remove() {
  set_ = false;
  known_ = true;
  due_.reset();
}

std::optional<Broken> AlarmClock::passes(Time now, Time free) const {
  if (!set_ || !known_ || !due_ || now <= std::max(*due_ + late_, free) + kSlack)
    return std::nullopt;
  return Broken{{"ALARM-01", "ALARM-03", "ALARM-05"}, "an alarm did not go off when it was due"};
}

std::optional<Broken> AlarmClock::rings(std::optional<Time> now) {
  const bool was_set = std::exchange(set_, false);
  const bool was_known = std::exchange(known_, true);
  const auto due = std::exchange(due_, std::nullopt);
  if (!was_known) return std::nullopt;
  if (!was_set)
    return Broken{{"ALARM-01"}, "an alarm went off that was not set, or that had already"};
  if (now && due && *now + kSlack < *due)
    return Broken{{"ALARM-01", "ALARM-03"}, "an alarm went off before it was due"};
  return std::nullopt;
}

void AlarmClock::missed() {
  due_.reset();
  retries_known_ = false;
}

void AlarmClock::succeeded() {
  retries_ = 0;
  retries_known_ = true;
}

void AlarmClock::failed(std::optional<Time> now) {
  if (!retries_known_) {
    known_ = known_ && set_;
    return;
  }
  if (retries_ == kRetriesMax) return succeeded();
  const Duration wait = kFirstRetry * (1 << retries_++);
  if (!set_ && known_) set(now ? std::optional(*now + wait) : std::nullopt);
}

}  // namespace torpor::properties
