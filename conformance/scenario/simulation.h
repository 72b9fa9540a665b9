// What troubles a simulated run: the member `simulation` of a scenario. Nothing on a real target.
#pragma once

#include <cstdint>
#include <optional>

#include "conformance/scenario/members.h"
#include "core/json.h"
#include "sim/choices.h"
#include "sim/network.h"
#include "sim/object_faults.h"

namespace torpor::scenario {

struct Simulation {
  std::uint64_t seed = 1;
  sim::NetworkOptions network;
  sim::ObjectFaults objects;
  // Instead of those that the seed would make.
  std::optional<sim::Choices> choices;
};

// Every member is optional; what is not the default is written.
Simulation read_simulation(Diagnostics& diagnostics, const Json& json, const std::string& pointer);
Json to_json(const Simulation& simulation);

}  // namespace torpor::scenario
