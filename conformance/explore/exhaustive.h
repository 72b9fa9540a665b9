// Every run of a small scenario: from the uneventful one on, each choice that could have been made
// otherwise is made otherwise, alone and together with others, up to a bound.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "conformance/scenario/simulation.h"
#include "sim/choices.h"
#include "sim/oracle.h"

namespace torpor::explore {

struct ExhaustiveOptions {
  // So many choices of one run differ from the uneventful ones, at most.
  std::size_t deviations_max = 1;
  std::uint64_t runs_max = 1'000'000;
  // Told after each run: how many there were, and how many are known to come with as many
  // deviations.
  std::function<void(std::uint64_t runs, std::uint64_t known)> progress = {};
};

// Runs with these choices, the rest uneventful; what was asked, in order.
using RunWith = std::function<std::vector<sim::Asked>(const sim::Choices& choices)>;

struct Exhausted {
  // By the number of deviations; the first is 1, the uneventful run.
  std::vector<std::uint64_t> runs;
  // False when runs_max or `stop` came first.
  bool complete = false;

  std::uint64_t total() const;
};

// Each set of deviations is run exactly once, those of fewer first. What has more than one other
// answer: an order and a place to cut octets have all of them; a fault happens or does not; a delay
// is the least or the greatest.
Exhausted exhaust(const RunWith& run, const ExhaustiveOptions& options,
                  const std::atomic<bool>& stop);

// What may trouble the runs: these families of faults (faults.h), but not those that are steps.
// REQUIRES: all are known.
void permit(const std::vector<std::string>& families, scenario::Simulation& simulation);

}  // namespace torpor::explore
