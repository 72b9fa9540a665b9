// What two traces are compared by: finer than what is expected, and without what no two runs share
// (keys, dates, the log's seq and at).
#pragma once

#include <string>
#include <vector>

#include "conformance/judge/lane_events.h"
#include "core/json.h"
#include "core/trace/trace.h"

namespace torpor::judge {

// Every client, every socket's log, the log entries of no socket, usage.
struct Strand {
  std::string name;
  scenario::LaneKind kind = scenario::LaneKind::kClient;
  std::string subject;  // empty for the log entries of no socket
};

// Those of either.
std::vector<Strand> strands_of(const GroupedEvents& a, const GroupedEvents& b);
const LaneEvents& events_of(const GroupedEvents& groups, const Strand& strand);

// The event without what two equal runs may differ in.
Json comparable(const LaneEvent& event);

// All that a run showed, to be compared with other runs of its case: what each client received, and
// the object's log in its order. {"CLIENT": [...], "object": [...]}; times are left out.
Json course_of(const trace::Trace& trace);

}  // namespace torpor::judge
