// What clients do, and what befalls the object between two steps, at random.
#pragma once

#include <string>
#include <vector>

#include "conformance/explore/draw.h"
#include "conformance/scenario/simulation.h"
#include "core/json.h"

namespace torpor::explore {

// The steps of a scenario with these families of faults (faults.h). `sequential`: every step is
// waited for, as a real server needs it.
Json generate_steps(Draw draw, const std::vector<std::string>& families,
                    const scenario::Simulation& simulation, bool sequential);

}  // namespace torpor::explore
