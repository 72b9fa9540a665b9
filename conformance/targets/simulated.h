// One case on the model: the world, the runner and their end, and everything that a search for
// failures wants to know of it.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "conformance/run/case_run.h"
#include "conformance/scenario/case.h"
#include "core/compat/parameters.h"
#include "core/trace/trace.h"
#include "sim/choices.h"
#include "sim/network.h"
#include "sim/object_faults.h"
#include "sim/oracle.h"
#include "sim/tape.h"
#include "sim/world.h"

namespace torpor::targets {

struct SimulatedOptions {
  compat::Parameters parameters;
  sim::NetworkOptions network;
  sim::ObjectFaults faults;
  sim::Oracle oracle = sim::Oracle::calm(1);
  sim::WorldLimits limits;
  std::uint64_t turns_max = 20'000'000;  // beyond it the model runs in a circle
  // How long the server goes on when the case is over: what would break it then is to break this
  // run.
  Duration afterwards = milliseconds(60'000);
  bool keep_asked = false;
  // Told of every event of the world.
  std::function<void(const sim::Happening&)> watch = {};
};

struct Simulated {
  std::variant<std::vector<trace::Event>, run::RunError> events;
  std::uint64_t world_events = 0;
  std::string digest;  // of everything that happened in the world
  std::vector<std::string> checkpoints;
  sim::Tape tape;
  sim::Choices eventful;
  std::vector<sim::Asked> asked;  // where options.keep_asked
};

// What the case says of its simulation: seed, network, faults.
SimulatedOptions options_of(const scenario::Case& scenario_case,
                            const compat::Parameters& parameters);

// Until the case is over, or `stop`.
Simulated simulate(const scenario::Case& scenario_case, SimulatedOptions options,
                   const std::atomic<bool>& stop);

}  // namespace torpor::targets
