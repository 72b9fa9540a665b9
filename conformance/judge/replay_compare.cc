#include "conformance/judge/replay_compare.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "conformance/judge/comparable.h"
#include "conformance/judge/course.h"
#include "conformance/judge/item_match.h"
#include "conformance/judge/lane_match.h"

namespace torpor::judge {

namespace {

using scenario::Case;
using scenario::Lane;
using scenario::LaneKind;
using scenario::expect::Item;

// What is compared is finer than what is expected: every client, every socket's log, the log
// entries of no socket.
struct Strand {
  std::string name;
  LaneKind kind = LaneKind::kClient;
  std::string subject;  // empty for the log entries of no socket
};

std::vector<Strand> strands_of(const GroupedEvents& groups) {
  std::vector<Strand> strands;
  for (const auto& [client, events] : groups.clients)
    strands.push_back({client, LaneKind::kClient, client});
  for (const auto& [socket, events] : groups.sockets)
    strands.push_back({"object:" + socket, LaneKind::kSocket, socket});
  strands.push_back({"object", LaneKind::kObject, ""});
  strands.push_back({"usage", LaneKind::kUsage, ""});
  return strands;
}

std::vector<Strand> strands_of(const GroupedEvents& a, const GroupedEvents& b) {
  std::vector<Strand> all = strands_of(a);
  for (const Strand& strand : strands_of(b)) {
    const auto same = [&](const Strand& known) {
      return known.name == strand.name && known.kind == strand.kind;
    };
    if (std::none_of(all.begin(), all.end(), same)) all.push_back(strand);
  }
  return all;
}

const LaneEvents& events_of(const GroupedEvents& groups, const Strand& strand) {
  static const LaneEvents kNone;
  if (strand.kind == LaneKind::kUsage) return groups.usage;
  if (strand.kind == LaneKind::kObject) return groups.object;
  const auto& named = strand.kind == LaneKind::kClient ? groups.clients : groups.sockets;
  const auto found = named.find(strand.subject);
  return found == named.end() ? kNone : found->second;
}

// One lane of the case, matched against both traces.
struct Covered {
  const Lane* lane = nullptr;
  LaneEvents recorded_events;
  LaneEvents fresh_events;
  LaneMatch recorded;
  LaneMatch fresh;

  bool covers(const Strand& strand) const {
    return lane->kind == LaneKind::kObject
               ? strand.kind == LaneKind::kObject || strand.kind == LaneKind::kSocket
               : lane->kind == strand.kind && lane->subject == strand.subject;
  }
  // The fresh trace took another course than the recorded one, and the expectations permit both. A
  // recording that fails by them is reproduced by its like alone.
  bool permits_difference() const {
    return !recorded.failure && !recorded.too_many && !fresh.failure && !fresh.too_many &&
           fresh.warnings.size() <= recorded.warnings.size() && fresh.taken != recorded.taken;
  }
  const Item* taker_of(std::size_t trace_index) const {
    return taker(recorded_events, recorded, trace_index);
  }
  // One expectation took both, and only says how they begin.
  bool leaves_open(const LaneEvent& of_recorded, const LaneEvent& of_fresh) const {
    const Item* item = taker(recorded_events, recorded, of_recorded.index);
    if (item == nullptr || item != taker(fresh_events, fresh, of_fresh.index)) return false;
    const auto* frame = std::get_if<scenario::expect::Frame>(&item->what);
    return frame != nullptr && frame->any_more;
  }

 private:
  static const Item* taker(const LaneEvents& events, const LaneMatch& match,
                           std::size_t trace_index) {
    for (std::size_t i = 0; i < match.taken.size(); ++i) {
      if (events[i].index == trace_index) return match.taken[i];
    }
    return nullptr;
  }
};

class Comparer {
 public:
  Comparer(const trace::Trace& recorded, const trace::Trace& fresh, const Case& scenario_case,
           compat::Profile profile, const statements::Registry& registry)
      : recorded_(grouped(recorded)),
        fresh_(grouped(fresh)),
        case_(scenario_case),
        registry_(registry) {
    // One pattern for both, so that what took an event can be compared.
    for (const Lane& lane : case_.lanes) {
      const NodeList pattern = resolve(case_, lane, profile, registry);
      Covered one{&lane, judge::events_of(recorded, lane), judge::events_of(fresh, lane), {}, {}};
      one.recorded = match_lane(pattern, one.recorded_events);
      one.fresh = match_lane(pattern, one.fresh_events);
      covered_.push_back(std::move(one));
    }
  }

  Comparison run() {
    Comparison result;
    result.sameness = Sameness::kSame;
    for (const Strand& strand : strands_of(recorded_, fresh_)) compare(strand, result);
    if (result.sameness == Sameness::kSameByAlternative) {
      for (const Covered& covered : covered_) {
        const auto& names = covered.fresh.alternatives;
        result.alternatives.insert(result.alternatives.end(), names.begin(), names.end());
      }
    }
    return result;
  }

 private:
  // Most events need no closer look.
  static bool as_they_are(const LaneEvent& expected, const LaneEvent& got) {
    return expected.event->kind == got.event->kind && expected.event->members == got.event->members;
  }

  bool same(const Strand& strand, const LaneEvent& expected, const LaneEvent& got) const {
    const auto leaves_open = [&](const Covered& one) {
      return one.covers(strand) && one.leaves_open(expected, got);
    };
    return as_they_are(expected, got) || comparable(*expected.event) == comparable(*got.event) ||
           std::any_of(covered_.begin(), covered_.end(), leaves_open);
  }

  void compare(const Strand& strand, Comparison& result) const {
    const LaneEvents& expected = events_of(recorded_, strand);
    const LaneEvents& got = events_of(fresh_, strand);
    std::size_t at = 0;
    while (at < expected.size() && at < got.size() && same(strand, expected[at], got[at])) ++at;
    if (at == expected.size() && at == got.size()) return;
    const auto permits = [&](const Covered& one) {
      return one.covers(strand) && one.permits_difference();
    };
    if (std::any_of(covered_.begin(), covered_.end(), permits)) {
      if (result.sameness == Sameness::kSame) result.sameness = Sameness::kSameByAlternative;
      return;
    }
    result.sameness = Sameness::kDiverged;
    Divergence divergence = divergence_at(strand, at, expected, got);
    const auto place = [](const Divergence& one) {
      return one.event.value_or(std::numeric_limits<std::size_t>::max());
    };
    if (!result.divergence || place(divergence) < place(*result.divergence))
      result.divergence = std::move(divergence);
  }

  Divergence divergence_at(const Strand& strand, std::size_t at, const LaneEvents& expected,
                           const LaneEvents& got) const {
    Divergence divergence;
    divergence.lane = strand.name;
    divergence.index = at;
    divergence.statements = case_.statements;
    if (at < expected.size()) {
      divergence.expected = expected[at].shown();
      for (const Covered& one : covered_) {
        const Item* item = one.covers(strand) ? one.taker_of(expected[at].index) : nullptr;
        if (item != nullptr && !item->statements.empty()) divergence.statements = item->statements;
      }
    }
    if (at < got.size()) {
      divergence.got = got[at].shown();
      divergence.event = got[at].index;
    }
    divergence.level = strictest(divergence.statements, registry_);
    divergence.explanation = at == expected.size() ? "the recorded trace has nothing more here"
                             : at == got.size()
                                 ? "the recorded trace has this, the new one does not"
                                 : "the new trace differs from the recorded one";
    return divergence;
  }

  const GroupedEvents recorded_;
  const GroupedEvents fresh_;
  const Case& case_;
  const statements::Registry& registry_;
  std::vector<Covered> covered_;
};

}  // namespace

Comparison compare(const trace::Trace& recorded, const trace::Trace& fresh,
                   const Case& scenario_case, compat::Profile profile,
                   const statements::Registry& registry) {
  if (same_by_digest(recorded.digest, fresh)) return {.sameness = Sameness::kSame};
  Comparison result = Comparer(recorded, fresh, scenario_case, profile, registry).run();
  const auto permitted = [&](const trace::Trace& trace) {
    return is_outcome(scenario_case, course_of(trace));
  };
  if (result.sameness == Sameness::kDiverged && permitted(recorded) && permitted(fresh))
    return {.sameness = Sameness::kSameByAlternative,
            .alternatives = {"another of the case's outcomes"}};
  return result;
}

}  // namespace torpor::judge
