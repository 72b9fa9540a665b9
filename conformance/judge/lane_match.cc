#include "conformance/judge/lane_match.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "conformance/judge/item_match.h"

namespace torpor::judge {

namespace {

using scenario::expect::Item;
using scenario::expect::OneOf;

// More positions than this at once, and the case should be written otherwise.
constexpr std::size_t kPositionsMax = 4096;

// One thing that happened on the way to a position; the newest points to those before it.
struct Trail {
  std::shared_ptr<const Trail> before;
  const Item* taken = nullptr;  // by the next event
  std::string alternative;      // entered
  std::optional<Gap> warning;
};

// Where in the pattern: in list `list` before node `next`, or in the unordered node `unordered`
// with `open` elements still to come.
struct Frame {
  const NodeList* list = nullptr;
  std::size_t next = 0;
  const Node* unordered = nullptr;
  std::vector<bool> open;
};

struct Position {
  std::vector<Frame> stack;  // innermost last
  std::size_t warnings = 0;
  std::size_t alternatives = 0;
  std::shared_ptr<const Trail> trail;

  bool better_than(const Position& other) const {
    return std::pair(warnings, alternatives) < std::pair(other.warnings, other.alternatives);
  }
};

// What makes two positions the same: everything that comes after them is the same.
std::vector<std::size_t> key_of(const Position& position) {
  std::vector<std::size_t> key;
  for (const Frame& frame : position.stack) {
    if (frame.unordered == nullptr) {
      key.insert(key.end(), {frame.list->number, frame.next});
    } else {
      key.push_back(frame.unordered->number);
      key.insert(key.end(), frame.open.begin(), frame.open.end());
    }
  }
  return key;
}

// A position before a leaf: what may come next, and where that leads.
struct Candidate {
  const Node* leaf = nullptr;
  Position after;
};

struct Reach {
  std::vector<Candidate> candidates;
  std::optional<Position> end;  // the best position at which the lane may be over
  std::map<std::vector<std::size_t>, Position> followed;  // the best of each

  bool too_many() const { return followed.size() > kPositionsMax; }
};

void add(Position& position, Trail step) {
  step.before = position.trail;
  position.trail = std::make_shared<const Trail>(std::move(step));
}

// Follows everything that needs no event, from one position.
class Closure {
 public:
  Closure(Reach& reach, std::size_t index) : reach_(reach), index_(index) {}

  void follow(Position position) {
    if (!is_new(position) || reach_.too_many()) return;
    if (position.stack.empty()) {
      if (!reach_.end || position.better_than(*reach_.end)) reach_.end = std::move(position);
      return;
    }
    Frame& top = position.stack.back();
    if (top.unordered != nullptr) {
      follow_unordered(std::move(position));
    } else if (top.next == top.list->nodes.size()) {
      position.stack.pop_back();
      follow(std::move(position));
    } else {
      const Node& node = top.list->nodes[top.next++];
      follow_node(node, std::move(position));
    }
  }

 private:
  void follow_node(const Node& node, Position position) {
    switch (node.kind) {
      case NodeKind::kLeaf:
        reach_.candidates.push_back({&node, position});
        if (node.soft) skip(node, std::move(position));
        return;
      case NodeKind::kOptional:
        enter(node.lists[0], position);
        follow(std::move(position));
        return;
      case NodeKind::kOneOf:
        follow_one_of(node, position);
        return;
      case NodeKind::kUnordered:
        position.stack.push_back({nullptr, 0, &node, std::vector<bool>(node.lists.size(), true)});
        follow(std::move(position));
        return;
    }
  }

  // Not followed yet, or only at a higher price.
  bool is_new(const Position& position) {
    const auto [it, is_first] = reach_.followed.emplace(key_of(position), position);
    if (is_first) return true;
    if (!position.better_than(it->second)) return false;
    it->second = position;
    return true;
  }

  void follow_one_of(const Node& node, const Position& position) {
    const auto& alternatives = std::get<OneOf>(node.item->what).alternatives;
    for (std::size_t i = 0; i < alternatives.size(); ++i) {
      Position chosen = position;
      if (i != 0) {
        ++chosen.alternatives;
        add(chosen, {nullptr, nullptr, alternatives[i].name, std::nullopt});
      }
      enter(node.lists[i], chosen);
    }
  }

  void follow_unordered(Position position) {
    const Frame top = position.stack.back();
    if (std::find(top.open.begin(), top.open.end(), true) == top.open.end()) {
      position.stack.pop_back();
      follow(std::move(position));
      return;
    }
    std::vector<bool> tried(top.open.size());
    for (std::size_t i = 0; i < top.open.size(); ++i) {
      const std::size_t twin = top.unordered->twins[i];
      if (!top.open[i] || tried[twin]) continue;
      tried[twin] = true;
      Position chosen = position;
      chosen.stack.back().open[i] = false;
      enter(top.unordered->lists[i], chosen);
    }
  }

  void enter(const NodeList& list, Position position) {
    position.stack.push_back({&list, 0, nullptr, {}});
    follow(std::move(position));
  }

  void skip(const Node& node, Position position) {
    ++position.warnings;
    add(position, {nullptr, nullptr, "",
                   Gap{index_, node.item, false, "this should have come, and did not"}});
    follow(std::move(position));
  }

  Reach& reach_;
  std::size_t index_;
};

void tell(const std::shared_ptr<const Trail>& trail, LaneMatch& match) {
  for (const Trail* step = trail.get(); step != nullptr; step = step->before.get()) {
    if (step->taken != nullptr) match.taken.push_back(step->taken);
    if (!step->alternative.empty()) match.alternatives.push_back(step->alternative);
    if (step->warning) match.warnings.push_back(*step->warning);
  }
  std::reverse(match.taken.begin(), match.taken.end());
  std::reverse(match.alternatives.begin(), match.alternatives.end());
  std::reverse(match.warnings.begin(), match.warnings.end());
}

const Position& best_of(const std::vector<Position>& positions) {
  return *std::min_element(positions.begin(), positions.end(),
                           [](const Position& a, const Position& b) { return a.better_than(b); });
}

// The candidate to show for a failure: one that must come, of the event's sort if there is one.
const Candidate* shown_candidate(const Reach& reach, const LaneEvent* event) {
  const Candidate* shown = nullptr;
  bool shown_is_same_sort = false;
  for (const Candidate& candidate : reach.candidates) {
    if (candidate.leaf->soft) continue;
    const bool is_same_sort = event != nullptr && same_sort(*candidate.leaf->item, *event);
    if (shown == nullptr || (is_same_sort && !shown_is_same_sort) ||
        (is_same_sort == shown_is_same_sort && candidate.after.better_than(shown->after))) {
      shown = &candidate;
      shown_is_same_sort = is_same_sort;
    }
  }
  return shown;
}

Gap failure_at(const Reach& reach, std::size_t index, const LaneEvent* event) {
  const Candidate* shown = shown_candidate(reach, event);
  if (event == nullptr) {
    if (shown == nullptr) std::abort();  // all that is left may be skipped: then this is no failure
    return {index, shown->leaf->item, false, "this never came"};
  }
  // Where the lane may end, what is optional is no better answer than "nothing more", unless it is
  // of the event's sort.
  if (shown == nullptr || (reach.end && !same_sort(*shown->leaf->item, *event))) {
    return {index, nullptr, true, "nothing more was expected here"};
  }
  const Item* item = shown->leaf->item;
  std::string explanation = mismatch(*item, *event).value_or("");
  std::set<const Item*> others;  // only counted
  for (const Candidate& candidate : reach.candidates) others.insert(candidate.leaf->item);
  others.erase(item);
  if (!others.empty()) {
    explanation +=
        " (nor is it any of the " + std::to_string(others.size()) + " other things permitted here)";
  }
  return {index, item, true, std::move(explanation)};
}

class Matcher {
 public:
  Matcher(const NodeList& pattern, const LaneEvents& events) : events_(events) {
    Position start;
    start.stack.push_back({&pattern, 0, nullptr, {}});
    positions_.push_back(std::move(start));
  }

  LaneMatch run() {
    LaneMatch match;
    for (std::size_t index = 0; index <= events_.size(); ++index) {
      Reach reach;
      for (const Position& position : positions_) Closure(reach, index).follow(position);
      if (reach.too_many()) {
        match.too_many = true;
        return match;
      }
      const LaneEvent* event = index == events_.size() ? nullptr : &events_[index];
      if (event == nullptr && reach.end) {
        tell(reach.end->trail, match);
        return match;
      }
      const auto next = event == nullptr ? std::vector<Position>() : after(reach, index);
      if (next.empty()) {
        tell(best_of(positions_).trail, match);
        match.failure = failure_at(reach, index, event);
        return match;
      }
      positions_ = next;
    }
    return match;
  }

 private:
  // The positions after the event at `index`, the best of each.
  std::vector<Position> after(const Reach& reach, std::size_t index) const {
    std::map<std::vector<std::size_t>, Position> found;
    for (const Candidate& candidate : reach.candidates) {
      Position position = candidate.after;
      const Item& item = *candidate.leaf->item;
      Trail step{nullptr, &item, "", std::nullopt};
      if (auto reason = mismatch(item, events_[index])) {
        if (!candidate.leaf->soft || !same_sort(item, events_[index])) continue;
        ++position.warnings;
        step.warning = Gap{index, &item, true, *std::move(reason)};
      }
      add(position, std::move(step));
      auto key = key_of(position);
      const auto it = found.find(key);
      if (it == found.end()) {
        found.emplace(std::move(key), std::move(position));
      } else if (position.better_than(it->second)) {
        it->second = std::move(position);
      }
    }
    std::vector<Position> positions;
    for (auto& [key, position] : found) positions.push_back(std::move(position));
    return positions;
  }

  const LaneEvents& events_;
  std::vector<Position> positions_;
};

}  // namespace

LaneMatch match_lane(const NodeList& pattern, const LaneEvents& events) {
  return Matcher(pattern, events).run();
}

}  // namespace torpor::judge
