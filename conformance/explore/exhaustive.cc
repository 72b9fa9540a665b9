#include "conformance/explore/exhaustive.h"

#include <numeric>
#include <utility>

#include "conformance/explore/draw.h"
#include "conformance/explore/faults.h"

namespace torpor::explore {
namespace {

using sim::Asked;
using sim::Choice;
using sim::Choices;

// The least answer that is another one than the uneventful 0; all from there on are answers, too.
// 0: there is none.
std::uint64_t first_other(const Asked& asked) {
  switch (asked.chosen.kind) {
    case Choice::kOrder:
    case Choice::kChunk:
      return 1;
    case Choice::kLatency:
    case Choice::kFault:
    case Choice::kObjectFault:
      return asked.bound - 1;
    case Choice::kMaskKey:
    case Choice::kHandshakeKey:
    case Choice::kPayload:
    case Choice::kScenario:
      break;
  }
  return 0;
}

struct Node {
  Choices choices;
  // What was asked before is left as it is: other nodes have that.
  std::size_t from = 0;
};

class Search {
 public:
  Search(const RunWith& run, const ExhaustiveOptions& options, const std::atomic<bool>& stop)
      : run_(run), options_(options), stop_(stop) {}

  Exhausted all() {
    std::vector<Node> level(1);
    for (std::size_t deviations = 0; deviations <= options_.deviations_max; ++deviations) {
      done_.runs.push_back(0);
      std::vector<Node> next;
      for (Node& node : level) {
        if (stop_ || runs_ == options_.runs_max) return done_;
        const std::vector<Asked> asked = run_(node.choices);
        if (stop_) return done_;
        ++runs_;
        ++done_.runs.back();
        if (deviations < options_.deviations_max) branch(node, asked, next);
        if (options_.progress) options_.progress(runs_, runs_ - done_.runs.back() + level.size());
        node = {};
      }
      level = std::move(next);
    }
    done_.complete = true;
    return done_;
  }

 private:
  void branch(const Node& node, const std::vector<Asked>& asked, std::vector<Node>& next) const {
    for (std::size_t i = node.from; i < asked.size(); ++i) {
      const std::uint64_t first = first_other(asked[i]);
      if (first == 0) continue;
      for (std::uint64_t value = first; value < asked[i].bound; ++value) {
        // More than can ever be run need not be kept.
        if (runs_ + next.size() > options_.runs_max) return;
        Node other{node.choices, i + 1};
        other.choices.push_back(asked[i].chosen);
        other.choices.back().value = value;
        next.push_back(std::move(other));
      }
    }
  }

  const RunWith& run_;
  const ExhaustiveOptions& options_;
  const std::atomic<bool>& stop_;
  std::uint64_t runs_ = 0;
  Exhausted done_;
};

}  // namespace

std::uint64_t Exhausted::total() const {
  return std::accumulate(runs.begin(), runs.end(), std::uint64_t{0});
}

Exhausted exhaust(const RunWith& run, const ExhaustiveOptions& options,
                  const std::atomic<bool>& stop) {
  return Search(run, options, stop).all();
}

void permit(const std::vector<std::string>& families, scenario::Simulation& simulation) {
  sim::Oracle calm = sim::Oracle::calm(0);
  Draw draw(calm, 0);
  for (const std::string& name : families) {
    if (const Family* family = family_named(name); family->apply) family->apply(simulation, draw);
  }
}

}  // namespace torpor::explore
