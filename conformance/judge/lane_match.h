// Matches the events of a lane against its expectations: all courses of events that the
// expectations permit are followed at once, so that a failure is told where the one that came
// furthest stopped.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "conformance/judge/lane_events.h"
#include "conformance/judge/pattern.h"

namespace torpor::judge {

// Something that is not as expected.
struct Gap {
  std::size_t index = 0;                             // how many of the lane's events were before it
  const scenario::expect::Item* expected = nullptr;  // null: nothing more was expected
  bool came = false;  // the lane's event at `index` came instead; else nothing
  std::string explanation;
};

struct LaneMatch {
  std::optional<Gap> failure;
  std::vector<Gap> warnings;              // expectations of level should or may that were not met
  std::vector<std::string> alternatives;  // names, of those taken that are not the first
  // For each event, up to the failure: what took it.
  std::vector<const scenario::expect::Item*> taken;
  bool too_many = false;  // more courses of events than are worth following: nothing is known
};

LaneMatch match_lane(const NodeList& pattern, const LaneEvents& events);

}  // namespace torpor::judge
