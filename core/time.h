// Model time: integer microseconds since the start of a run. It is handed in by whoever drives the
// code (the simulator's virtual clock, the monotonic clock of a real driver), never read.
#pragma once

#include <chrono>
#include <cstdint>

namespace torpor {

using Duration = std::chrono::duration<std::int64_t, std::micro>;

struct ModelClock {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<ModelClock>;
  static constexpr bool is_steady = true;
};

using Time = ModelClock::time_point;

constexpr Duration milliseconds(std::int64_t count) {
  return Duration(count * 1000);
}
constexpr std::int64_t to_milliseconds(Duration d) {
  return d.count() / 1000;
}
constexpr std::int64_t to_microseconds(Time t) {
  return t.time_since_epoch().count();
}

}  // namespace torpor
