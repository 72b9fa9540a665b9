#include "conformance/properties/idle.h"

#include <algorithm>
#include <utility>

namespace torpor::properties {
namespace {

constexpr Duration kIdle = milliseconds(10'000);

bool has_all_handlers(const Json& program) {
  return std::all_of(std::begin(kHandlers), std::end(kHandlers),
                     [&](const char* handler) { return program.contains(handler); });
}

}  // namespace

Idle::Idle(const History& history) : history_(history) {
  const auto& simulation = history.scenario_case.simulation;
  leaves_at_random_ = simulation && simulation->objects[sim::ObjectFaultKind::kEvict] > 0;
  const bool somebody_is_slow =
      std::any_of(history.clients.begin(), history.clients.end(),
                  [](const auto& entry) { return entry.second.stops_reading; });
  all_is_told_ = has_all_handlers(history.scenario_case.program) && history.transit &&
                 !somebody_is_slow && !history.writes_fail;
}

void Idle::busy_until(Time least, Time most) {
  busy_ = std::max(busy_, least);
  maybe_busy_ = std::max(maybe_busy_, most);
}

bool Idle::asked_to_leave(Time from, Time to) const {
  return std::any_of(history_.evictions.begin(), history_.evictions.end(), [&](const Span& span) {
    return span.from <= to + kSlack && from <= span.to + kSlack;
  });
}

// HIB-34: it was in memory all the time, and only held.
bool Idle::was_refused_at_once(Time from, Time to) const {
  constexpr Duration kAtOnce = milliseconds(1'000);
  return std::any_of(
      history_.refused_evictions.begin(), history_.refused_evictions.end(), [&](const Span& span) {
        return from + kSlack < span.from && span.to + kSlack < to && span.to - span.from < kAtOnce;
      });
}

std::optional<Broken> Idle::goes_on(Time now, bool held, bool new_instance) {
  const auto last = std::exchange(last_, now);
  if (!last) return std::nullopt;
  if (new_instance) {
    const Duration idle = now - std::max(*last, busy_);
    if (leaves_at_random_ || asked_to_leave(*last, now) || idle + kSlack >= kIdle)
      return std::nullopt;
    return Broken{{"HIB-01", "HIB-03", "BILL-05"},
                  "the object left memory before it had been idle for ten seconds"};
  }
  if (was_refused_at_once(*last, now))
    return Broken{{"HIB-34"},
                  "an eviction that was asked for did not wait for what held the object"};
  const Duration idle = now - std::max(*last, maybe_busy_);
  if (held || !all_is_told_ || idle <= kIdle + kSlack) return std::nullopt;
  return Broken{{"HIB-01", "HIB-09", "HIB-07", "AUTO-03", "PING-04", "HIB-28"},
                "the object was still in memory, and nothing had kept it there for ten seconds"};
}

}  // namespace torpor::properties
