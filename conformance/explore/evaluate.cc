#include "conformance/explore/evaluate.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "conformance/properties/properties.h"
#include "conformance/targets/simulated.h"
#include "core/trace/writer.h"

namespace torpor::explore {
namespace {

using targets::Simulated;

constexpr std::uint32_t kAlways = 1'000'000;

targets::SimulatedOptions simulated_options(const scenario::Case& scenario_case,
                                            const EvaluateOptions& options) {
  auto simulated = targets::options_of(scenario_case, options.parameters);
  simulated.limits.events_max = options.events_max;
  simulated.keep_asked = options.keep_asked;
  return simulated;
}

trace::Trace trace_of(const scenario::Case& scenario_case, std::vector<trace::Event> events) {
  trace::Trace trace;
  trace.header.case_id = scenario_case.id;
  trace.header.scenario = scenario_case.source;
  trace.header.target_name = "sim";
  trace.header.profile = "parity";
  trace.header.seed = scenario_case.simulation ? scenario_case.simulation->seed : 1;
  trace.events = std::move(events);
  trace.digest = trace::digest_of(trace.events);
  return trace;
}

bool has_restarts(const scenario::Case& scenario_case) {
  return std::any_of(scenario_case.steps.begin(), scenario_case.steps.end(),
                     [](const scenario::Step& step) {
                       return std::holds_alternative<scenario::step::Crash>(step.action) ||
                              std::holds_alternative<scenario::step::Deploy>(step.action);
                     });
}

// HIB-26 speaks of clients that stay: what a connection that breaks loses depends on when.
bool asks_for_hibernation(const scenario::Case& scenario_case) {
  if (!properties::hibernation_is_invisible(scenario_case) || has_restarts(scenario_case))
    return false;
  if (scenario_case.simulation) {
    const sim::NetworkOptions& network = scenario_case.simulation->network;
    const sim::ObjectFaults& objects = scenario_case.simulation->objects;
    if (network.cut_per_million + network.fin_per_million + network.silence_per_million +
            network.refuse_per_million >
        0)
      return false;
    if (objects[sim::ObjectFaultKind::kDeploy] + objects[sim::ObjectFaultKind::kCrash] > 0)
      return false;
  }
  return true;
}

void check_hibernation(const scenario::Case& scenario_case, const EvaluateOptions& options,
                       const std::atomic<bool>& stop, Evaluation& evaluation) {
  auto other = simulated_options(scenario_case, options);
  std::uint32_t& evictions = other.faults[sim::ObjectFaultKind::kEvict];
  const bool evicted = evictions == 0;
  evictions = evicted ? kAlways : 0;
  Simulated simulated = simulate(scenario_case, std::move(other), stop);
  auto* events = std::get_if<std::vector<trace::Event>>(&simulated.events);
  if (events == nullptr) {
    evaluation.fault = Fault::kStuck;
    evaluation.reason = std::get<run::RunError>(simulated.events).message;
    return;
  }
  const trace::Trace fresh = trace_of(scenario_case, std::move(*events));
  auto findings = evicted ? properties::check_hibernation(scenario_case, evaluation.trace, fresh)
                          : properties::check_hibernation(scenario_case, fresh, evaluation.trace);
  evaluation.exercised.merge(findings.exercised);
  if (findings.found.empty()) return;
  evaluation.fault = Fault::kProperty;
  evaluation.findings = std::move(findings.found);
}

}  // namespace

std::string Evaluation::bucket() const {
  switch (fault) {
    case Fault::kNone:
      return "";
    case Fault::kDisorder:
      return "disorder";
    case Fault::kStuck:
      return "stuck: " + reason.substr(0, 60);
    case Fault::kProperty:
      break;
  }
  const properties::Finding& first = findings.front();
  return first.property + " " + (first.statements.empty() ? "" : first.statements.front());
}

Evaluation evaluate(const scenario::Case& scenario_case, const EvaluateOptions& options,
                    const std::atomic<bool>& stop) {
  Evaluation evaluation;
  Simulated first = simulate(scenario_case, simulated_options(scenario_case, options), stop);
  evaluation.events = first.world_events;
  evaluation.eventful = std::move(first.eventful);
  evaluation.asked = std::move(first.asked);
  auto* events = std::get_if<std::vector<trace::Event>>(&first.events);
  if (events == nullptr) {
    evaluation.fault = Fault::kStuck;
    evaluation.reason = std::get<run::RunError>(first.events).message;
    return evaluation;
  }
  evaluation.trace = trace_of(scenario_case, std::move(*events));
  evaluation.digest = evaluation.trace.digest;
  if (options.twice) {
    Simulated second = simulate(scenario_case, simulated_options(scenario_case, options), stop);
    if (stop) return evaluation;
    auto* again = std::get_if<std::vector<trace::Event>>(&second.events);
    if (again == nullptr || trace::digest_of(*again) != evaluation.digest) {
      const auto [a, b] = std::mismatch(first.checkpoints.begin(), first.checkpoints.end(),
                                        second.checkpoints.begin(), second.checkpoints.end());
      evaluation.fault = Fault::kDisorder;
      evaluation.reason = "two runs of the same scenario with the same choices differ";
      evaluation.differs_before_event =
          static_cast<std::uint64_t>(a - first.checkpoints.begin() + 1) *
          sim::World::kCheckpointEvery;
      return evaluation;
    }
  }
  if (!options.judge) return evaluation;
  properties::Findings findings = properties::check(scenario_case, evaluation.trace);
  evaluation.exercised = std::move(findings.exercised);
  evaluation.followed = findings.followed;
  evaluation.findings = std::move(findings.found);
  if (!evaluation.findings.empty()) {
    evaluation.fault = Fault::kProperty;
    return evaluation;
  }
  if (options.hibernation && asks_for_hibernation(scenario_case))
    check_hibernation(scenario_case, options, stop, evaluation);
  return evaluation;
}

}  // namespace torpor::explore
