#include <algorithm>

#include "conformance/explore/campaign.h"
#include "conformance/properties/properties.h"
#include "conformance/scenario/loader.h"

namespace torpor::explore {
namespace {

constexpr std::uint64_t kSeedsMax = 100;
// So many traces are damaged. Not in all of them the one message is of a client of which everything
// is known: half of them must be noticed.
constexpr std::size_t kLooked = 6;

// Where such events are in the trace.
std::vector<std::size_t> places(const trace::Trace& trace, const char* kind, const char* event) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < trace.events.size(); ++i) {
    if (trace.events[i].kind != kind) continue;
    if (event && trace.events[i].members.at("entry").value("event", "") != event) continue;
    found.push_back(i);
  }
  return found;
}

bool notices(const scenario::Case& scenario_case, const trace::Trace& trace) {
  return !properties::check(scenario_case, trace).found.empty();
}

auto at(trace::Trace& trace, std::size_t index) {
  return trace.events.begin() + static_cast<std::ptrdiff_t>(index);
}

}  // namespace

std::vector<std::string> missed_canaries(const CampaignOptions& options,
                                         const statements::Registry& registry) {
  const std::vector<std::string> names = {"a message that a client never got",
                                          "a message that a client got twice",
                                          "a message that was never handled"};
  std::vector<std::size_t> noticed(names.size());
  std::size_t looked = 0;
  const std::atomic<bool> stop{false};
  EvaluateOptions evaluating = options.evaluate;
  evaluating.hibernation = evaluating.twice = false;
  // On a calm network, where everything must arrive.
  for (std::uint64_t seed = 1; seed <= kSeedsMax && looked < kLooked; ++seed) {
    const Generated generated = generate(seed, {.families = {}});
    const auto loaded = scenario::load_case(generated.scenario, "canary", registry);
    if (!loaded.ok()) continue;
    const scenario::Case& one = loaded.cases.front();
    const Evaluation evaluation = evaluate(one, evaluating, stop);
    if (!evaluation.good() || !evaluation.followed) continue;
    const auto texts = places(evaluation.trace, "text", nullptr);
    const auto handled = places(evaluation.trace, "log", "message");
    if (texts.size() < 2 || handled.size() < 2) continue;
    trace::Trace lost = evaluation.trace, twice = evaluation.trace, unhandled = evaluation.trace;
    lost.events.erase(at(lost, texts.front()));
    twice.events.insert(at(twice, texts.front()), evaluation.trace.events[texts.front()]);
    unhandled.events.erase(at(unhandled, handled.front()));
    const trace::Trace* damaged[] = {&lost, &twice, &unhandled};
    ++looked;
    for (std::size_t i = 0; i < names.size(); ++i) noticed[i] += notices(one, *damaged[i]) ? 1 : 0;
  }
  std::vector<std::string> missed;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (looked < kLooked || noticed[i] * 2 < looked) missed.push_back(names[i]);
  }
  return missed;
}

}  // namespace torpor::explore
