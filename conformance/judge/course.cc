#include "conformance/judge/course.h"

#include <algorithm>

#include "conformance/judge/comparable.h"
#include "conformance/judge/lane_events.h"

namespace torpor::judge {
namespace {

Json comparable_all(const LaneEvents& events) {
  Json all = Json::array();
  for (const LaneEvent& event : events) all.push_back(comparable(*event.event));
  return all;
}

}  // namespace

Json course_of(const trace::Trace& trace) {
  Json course = Json::object();
  for (const auto& [client, events] : grouped(trace).clients)
    course[client] = comparable_all(events);
  course["object"] = comparable_all(log_events(trace));
  return course;
}

bool is_outcome(const scenario::Case& scenario_case, const Json& course) {
  const auto& outcomes = scenario_case.outcomes;
  return std::find(outcomes.begin(), outcomes.end(), course) != outcomes.end();
}

}  // namespace torpor::judge
