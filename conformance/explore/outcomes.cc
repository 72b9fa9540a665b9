#include "conformance/explore/outcomes.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "conformance/judge/course.h"

namespace torpor::explore {
namespace {

Json course_of(std::vector<trace::Event> events) {
  trace::Trace trace;
  trace.events = std::move(events);
  return judge::course_of(trace);
}

void count(CaseOutcomes& outcomes, Json course, const sim::Choices& choices) {
  auto& all = outcomes.all;
  const auto known = std::find_if(all.begin(), all.end(),
                                  [&](const CaseOutcome& one) { return one.course == course; });
  if (known != all.end()) {
    ++known->runs;
  } else {
    all.push_back({std::move(course), 1, choices});
  }
}

}  // namespace

CaseOutcomes outcomes_of(const scenario::Case& scenario_case, const compat::Parameters& parameters,
                         const ExhaustiveOptions& options, const std::atomic<bool>& stop) {
  CaseOutcomes outcomes;
  scenario::Case varied = scenario_case;
  const auto run = [&](const sim::Choices& choices) {
    varied.simulation->choices = choices;
    auto simulated_options = targets::options_of(varied, parameters);
    simulated_options.keep_asked = true;
    simulated_options.afterwards = {};
    auto simulated = targets::simulate(varied, std::move(simulated_options), stop);
    if (auto* events = std::get_if<std::vector<trace::Event>>(&simulated.events)) {
      count(outcomes, course_of(std::move(*events)), choices);
    } else if (!stop) {
      outcomes.not_ended.push_back(std::get<run::RunError>(simulated.events).message);
    }
    return std::move(simulated.asked);
  };
  outcomes.runs = exhaust(run, options, stop);
  return outcomes;
}

}  // namespace torpor::explore
