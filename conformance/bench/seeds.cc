#include "conformance/bench/seeds.h"

#include <atomic>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "conformance/bench/meter.h"
#include "conformance/scenario/loader.h"
#include "conformance/statements/registry.h"
#include "conformance/targets/sim_target.h"

namespace torpor::bench {
namespace {

constexpr const char* kScenario = R"({
  "id": "bench/standard",
  "title": "Three clients send, the object hibernates, they send again and close",
  "statements": ["HIB-01"],
  "program": {
    "fetch": [{"op": "upgrade", "api": "hibernation"}],
    "message": {
      "keep": [{"op": "serializeAttachment", "value": {"kept": 1}}],
      "*": [{"op": "send", "data": {"$": "event", "field": "message"}}]
    },
    "close": [{"op": "close", "args": [{"$": "event", "field": "code"}, {"$": "event", "field": "reason"}]}]
  },
  "steps": [
    {"do": "connect", "client": "a"},
    {"do": "connect", "client": "b"},
    {"do": "connect", "client": "c"},
    {"do": "send", "client": "a", "text": "keep"},
    {"do": "send", "client": "b", "text": "keep"},
    {"do": "send", "client": "c", "text": "keep"},
    {"do": "send", "client": "a", "text": "one"},
    {"do": "send", "client": "b", "text": "one"},
    {"do": "send", "client": "c", "text": "one"},
    {"do": "await", "client": "c", "frames": 1},
    {"do": "hibernate"},
    {"do": "send", "client": "a", "text": "two"},
    {"do": "send", "client": "b", "text": "two"},
    {"do": "send", "client": "c", "text": "two"},
    {"do": "close", "client": "a", "code": 1000},
    {"do": "close", "client": "b", "code": 1000},
    {"do": "close", "client": "c", "code": 1000},
    {"do": "await", "client": "a", "end": true},
    {"do": "await", "client": "b", "end": true},
    {"do": "await", "client": "c", "end": true}
  ],
  "expect": {"a": [{"open": {}}, {"text": "one"}, {"text": "two"}, {"close": {"code": 1000}}, {"end": "fin"}]}
})";

std::vector<scenario::Case> standard_case() {
  const statements::LoadedRegistry statements = statements::embedded_registry();
  scenario::Loaded loaded =
      scenario::load_scenario_text(kScenario, "standard", statements.registry);
  if (!loaded.ok()) throw WrongWork(loaded.problems.front().to_string());
  return std::move(loaded.cases);
}

struct Run {
  std::string digest;
  std::size_t texts = 0;
  std::size_t instances = 0;
};

Run run_once(const std::vector<scenario::Case>& cases, std::uint64_t seed) {
  const auto target = targets::make_sim_target({.seed = seed, .random_network = true});
  Run run;
  const auto finished = [&](const scenario::Case&, targets::Observation observation) {
    if (!observation.trace) throw WrongWork("a run has no trace");
    run.digest = observation.trace->digest;
    for (const trace::Event& event : observation.trace->events) {
      run.texts += event.kind == "text" ? 1 : 0;
      run.instances +=
          event.kind == "log" && event.members["entry"].value("event", "") == "constructor" ? 1 : 0;
    }
  };
  const std::atomic<bool> stop{false};
  target->run(cases, {.started = [](const auto&) {}, .finished = finished, .idle = [] {}}, stop);
  return run;
}

}  // namespace

Outcome run_seeds(std::size_t seeds) {
  const std::vector<scenario::Case> cases = standard_case();
  const Stopwatch stopwatch;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const Run one = run_once(cases, seed), other = run_once(cases, seed);
    if (one.digest != other.digest) throw WrongWork("two runs of one seed differ");
    if (one.texts != 6 || one.instances != 2)
      throw WrongWork("a run is not what the scenario says");
  }
  const double seconds = stopwatch.seconds();
  return {static_cast<double>(seeds) * 60 / seconds,
          seconds,
          {{"seeds", static_cast<double>(seeds)}, {"runs", static_cast<double>(2 * seeds)}}};
}

}  // namespace torpor::bench
