// Families of faults: what a run may be troubled by, each with a switch.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/explore/draw.h"
#include "conformance/scenario/simulation.h"

namespace torpor::explore {

struct Family {
  std::string_view name;
  std::string_view what;
  // Of a hundred seeds, so many have it.
  std::uint32_t percent;
  // Absent: a family of steps (steps.cc), which touches no simulation.
  void (*apply)(scenario::Simulation&, Draw&);
};

std::span<const Family> families();
// Null for an unknown name.
const Family* family_named(std::string_view name);

// Draws which families are on (a swarm: few at a time), of those that are allowed; sets them up.
std::vector<std::string> draw_families(Draw& draw, const std::vector<std::string>& allowed,
                                       scenario::Simulation& simulation);

}  // namespace torpor::explore
