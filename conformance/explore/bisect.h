// Where two simulated runs part: between which checkpoints first, then at which event.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "conformance/targets/simulated.h"

namespace torpor::explore {

// What a run was, told every sim::World::kCheckpointEvery events.
struct Checkpointed {
  std::vector<std::string> checkpoints;
  std::uint64_t events = 0;
  std::string digest;
};

// Numbers of events, from 1, both included.
struct Window {
  std::uint64_t first;
  std::uint64_t last;
};

// The events among which the first different one is; nothing when the runs are the same.
std::optional<Window> first_different(const Checkpointed& a, const Checkpointed& b);

// One run of a scenario on the model that can be made again.
struct Rerun {
  scenario::Case scenario_case;
  targets::SimulatedOptions options;
};

// Throws std::runtime_error when the run does not come to its end.
Checkpointed checkpointed(const Rerun& rerun, const std::atomic<bool>& stop);

// The events of a window, one line each: number, microseconds, what, connection, octets (of many
// the first and a digest of all). Equal lines are equal events.
std::vector<std::string> events_of(const Rerun& rerun, const Window& window,
                                   const std::atomic<bool>& stop);

}  // namespace torpor::explore
