// What clients do, and what befalls the object between two steps, at random.
#pragma once

#include <string>
#include <vector>

#include "conformance/explore/draw.h"
#include "conformance/scenario/simulation.h"
#include "core/json.h"

namespace torpor::explore {

struct GeneratedSteps {
  Json steps;
  bool dials = false;  // the object has a remote
};

// The steps of a scenario with these families of faults (faults.h). `sequential`: every step is
// waited for, as a real server needs it.
GeneratedSteps generate_steps(Draw draw, const std::vector<std::string>& families,
                              const scenario::Simulation& simulation, bool sequential);

}  // namespace torpor::explore
