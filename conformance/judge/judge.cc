#include "conformance/judge/judge.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <set>

#include "conformance/judge/course.h"
#include "conformance/judge/end_axis.h"
#include "conformance/judge/lane_match.h"
#include "conformance/properties/properties.h"

namespace torpor::judge {

namespace {

using scenario::Case;
using scenario::Lane;

bool is_harness(const trace::Event& event, const char* kind) {
  return event.actor == "harness" && event.kind == kind;
}

// The outcome that a control call leaves, if it did not do what was asked.
std::optional<Verdict> control_verdict(const Case& scenario_case, const trace::Event& event) {
  constexpr int kNotImplemented = 501;
  constexpr int kConflict = 409;
  const std::int64_t status = trace::number_member(event.members, "status", 0);
  const std::string call = trace::text_member(event.members, "call");
  if (status >= 200 && status < 300) return std::nullopt;
  // A program that nobody wrote for it may hold its object in memory.
  if (scenario_case.properties && status == kConflict && call == "evict") return std::nullopt;
  if (status == kNotImplemented) return not_testable("the target has no control call " + call);
  return unknown("the control call " + call + " was answered with " + std::to_string(status));
}

// Whether the run is fit to be judged at all.
std::optional<Verdict> obstacle(const Case& scenario_case, const trace::Trace& trace) {
  std::set<std::int64_t> steps;
  for (const trace::Event& event : trace.events) {
    if (is_harness(event, "error"))
      return unknown("harness error: " + trace::text_member(event.members, "reason"));
    if (is_harness(event, "step")) steps.insert(trace::number_member(event.members, "index", -1));
    if (!is_harness(event, "control")) continue;
    if (auto verdict = control_verdict(scenario_case, event)) return verdict;
  }
  for (std::size_t i = 0; i < scenario_case.steps.size(); ++i) {
    if (!steps.contains(static_cast<std::int64_t>(i))) {
      return unknown("the run ended before step " + std::to_string(i + 1) + " of " +
                     std::to_string(scenario_case.steps.size()));
    }
  }
  return std::nullopt;
}

// " (step 3 waited for ...)" for a lane in which something never came.
std::string timeouts_of(const trace::Trace& trace) {
  std::string text;
  for (const trace::Event& event : trace.events) {
    if (!is_harness(event, "timeout")) continue;
    text += text.empty() ? " (step " : ", step ";
    text += std::to_string(trace::number_member(event.members, "index", 0) + 1);
  }
  return text.empty() ? text : text + " ran out of time waiting)";
}

class Judge {
 public:
  Judge(const Case& scenario_case, const trace::Trace& trace, compat::Profile profile,
        const statements::Registry& registry)
      : case_(scenario_case), trace_(trace), profile_(profile), registry_(registry) {}

  Verdict run() {
    if (auto verdict = obstacle(case_, trace_)) return *verdict;
    for (const Lane& lane : case_.lanes) judge_lane(lane);
    if (case_.properties && !properties::can_judge(trace_))
      return not_applicable(
          "after a restart its trace does not tell what properties need to know; compare it with "
          "the model's");
    if (case_.properties) judge_properties();
    if (!case_.outcomes.empty()) judge_outcome();
    if (!too_many_.empty()) {
      return unknown("lane " + too_many_ +
                     " permits more courses of events than can be followed; order its items");
    }
    if (taken_ == 0 && verdict_.divergences.empty())
      return unknown("no expectation took anything: nothing was judged");
    std::stable_sort(verdict_.divergences.begin(), verdict_.divergences.end(),
                     [](const auto& a, const auto& b) { return rank(a) < rank(b); });
    verdict_.outcome = failed_                          ? Outcome::kFail
                       : !verdict_.divergences.empty()  ? Outcome::kWarn
                       : !verdict_.alternatives.empty() ? Outcome::kPassByAlternative
                                                        : Outcome::kPass;
    return verdict_;
  }

 private:
  void judge_properties() {
    const properties::Findings findings = properties::check(case_, trace_);
    taken_ += findings.exercised.size();
    for (const properties::Finding& finding : findings.found) {
      failed_ = true;
      Divergence broken;
      broken.lane = finding.lane;
      broken.statements = finding.statements;
      broken.expected = finding.expected;
      broken.got = finding.got;
      broken.event = finding.event;
      broken.explanation = finding.property + ": " + finding.message;
      verdict_.divergences.push_back(std::move(broken));
    }
  }

  // Lanes are judged one by one; outcomes are of all of them at once.
  void judge_outcome() {
    const Json course = course_of(trace_);
    ++taken_;
    if (is_outcome(case_, course)) return;
    failed_ = true;
    Divergence outside;
    outside.lane = "outcomes";
    outside.statements = case_.statements;
    outside.expected =
        "one of the " + std::to_string(case_.outcomes.size()) + " outcomes of the case";
    outside.got = course;
    outside.explanation = "what happened as a whole is none of the case's outcomes";
    verdict_.divergences.push_back(std::move(outside));
  }

  // Failures first, each in the order of the trace, what never came last.
  static std::pair<bool, std::size_t> rank(const Divergence& divergence) {
    return {!statements::fails(divergence.level),
            divergence.event.value_or(std::numeric_limits<std::size_t>::max())};
  }

  void judge_lane(const Lane& lane) {
    const LaneEvents events = events_of(trace_, lane);
    const NodeList pattern = resolve(case_, lane, profile_, registry_);
    const LaneMatch match = match_lane(pattern, events);
    if (match.too_many) too_many_ = lane.name;
    taken_ += match.taken.size();
    verdict_.alternatives.insert(verdict_.alternatives.end(), match.alternatives.begin(),
                                 match.alternatives.end());
    for (const Gap& gap : match.warnings) {
      verdict_.divergences.push_back(divergence(lane, events, gap));
    }
    if (!match.failure) return;
    failed_ = true;
    verdict_.divergences.push_back(divergence(lane, events, *match.failure));
  }

  Divergence divergence(const Lane& lane, const LaneEvents& events, const Gap& gap) const {
    Divergence result;
    result.lane = lane.name;
    result.index = gap.index;
    const bool own = gap.expected != nullptr && !gap.expected->statements.empty();
    result.statements = own ? gap.expected->statements : case_.statements;
    result.level = own ? strictest(result.statements, registry_) : statements::Level::kMust;
    if (gap.expected != nullptr) result.expected = gap.expected->source;
    if (gap.came) {
      result.got = events[gap.index].shown();
      result.event = events[gap.index].index;
    }
    result.explanation = gap.explanation;
    if (!gap.came) result.explanation += timeouts_of(trace_);
    return result;
  }

  const Case& case_;
  const trace::Trace& trace_;
  compat::Profile profile_;
  const statements::Registry& registry_;
  Verdict verdict_;
  std::size_t taken_ = 0;
  bool failed_ = false;
  std::string too_many_;
};

}  // namespace

Verdict judge(const Case& scenario_case, const trace::Trace& trace, compat::Profile profile,
              const statements::Registry& registry) {
  Verdict verdict;
  if (!scenario_case.applies_to(profile)) {
    verdict =
        not_applicable("the case is not for the profile " + std::string(compat::name_of(profile)));
  } else {
    verdict = Judge(scenario_case, trace, profile, registry).run();
  }
  verdict.end = end_of(trace);
  return verdict;
}

}  // namespace torpor::judge
