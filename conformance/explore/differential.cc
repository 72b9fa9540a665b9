#include "conformance/explore/differential.h"

#include <set>
#include <utility>

#include "conformance/judge/replay_compare.h"

namespace torpor::explore {
namespace {

// "close", "message", "op send throws": what an event is, without what is in it.
std::string kind_of(const Json& shown) {
  if (!shown.is_object()) return "nothing";
  if (shown.contains("event")) return "event " + shown.value("event", "");
  if (shown.contains("op"))
    return "op " + shown.value("op", "") + (shown.contains("throws") ? " throws" : "");
  return shown.value("kind", "something");
}

std::string bucket_of(const judge::Divergence& divergence) {
  const bool of_object = divergence.lane.starts_with("object");
  return std::string(of_object ? "object" : "client") + ": " + kind_of(divergence.expected) +
         " on the server, " + kind_of(divergence.got) + " in the model";
}

// A code update restarts the process of a real server, and with it end the connections that wait
// for a next request; in the model only the objects start anew. What upgraded is compared.
trace::Trace without_idle_ends(trace::Trace trace) {
  std::set<std::string> answered;
  std::erase_if(trace.events, [&](const trace::Event& event) {
    if (event.kind == "response") answered.insert(event.actor);
    return event.kind == "end" && answered.contains(event.actor);
  });
  return trace;
}

std::string why_none(const targets::Observation& observation) {
  if (observation.error) return observation.error->message;
  return observation.not_applicable + observation.not_testable;
}

}  // namespace

Differential::Differential(const std::string& target, const statements::Registry& registry)
    : registry_(registry),
      real_(targets::make_target(target, {})),
      model_(targets::make_target("sim", {})) {}
Differential::~Differential() = default;

// Evictions on request, many at a time, can leave workerd without an answer to any of them: each of
// those cases is run by itself.
void Differential::run(const std::vector<scenario::Case>& cases, const OnDone& on_done,
                       const std::atomic<bool>& stop) {
  std::vector<scenario::Case> together;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    if (cases[i].needs_feature("evict")) {
      run_together({cases[i]}, {i}, on_done, stop);
    } else {
      together.push_back(cases[i]);
      places.push_back(i);
    }
  }
  run_together(together, places, on_done, stop);
}

void Differential::run_together(const std::vector<scenario::Case>& cases,
                                const std::vector<std::size_t>& places, const OnDone& on_done,
                                const std::atomic<bool>& stop) {
  if (cases.empty() || stop) return;
  std::vector<std::optional<trace::Trace>> modelled(cases.size());
  const auto index_of = [&](const scenario::Case& one) {
    return static_cast<std::size_t>(&one - cases.data());
  };
  targets::Events events;
  events.started = [](const scenario::Case&) {};
  events.idle = [] {};
  events.finished = [&](const scenario::Case& one, targets::Observation seen) {
    modelled[index_of(one)] = std::move(seen.trace);
  };
  model_->run(cases, events, stop);
  events.finished = [&](const scenario::Case& one, const targets::Observation& seen) {
    const std::size_t own = index_of(one), index = places[own];
    if (!seen.trace || !modelled[own])
      return on_done(index, std::nullopt,
                     seen.trace ? "the model could not run it" : why_none(seen));
    const judge::Comparison comparison =
        judge::compare(without_idle_ends(*seen.trace), without_idle_ends(*modelled[own]), one,
                       compat::Profile::kParity, registry_);
    if (!comparison.divergence) return on_done(index, std::nullopt, "");
    on_done(index, Difference{*comparison.divergence, bucket_of(*comparison.divergence)}, "");
  };
  real_->run(cases, events, stop);
}

}  // namespace torpor::explore
