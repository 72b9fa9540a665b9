// Scenarios that nobody wrote: a program for the object, clients, and what troubles them, from one
// number.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/json.h"

namespace torpor::explore {

// What a generated scenario is called: it is another one when this changes.
inline constexpr int kGeneratorVersion = 6;

struct GeneratorOptions {
  // Families of faults that may be on (faults.h).
  std::vector<std::string> families;
  // For a real server, of which only the order of things can be compared: one thing after the
  // other, every step waited for, no faults but those that are steps.
  bool sequential = false;
};

std::vector<std::string> all_family_names();

struct Generated {
  Json scenario;                      // a scenario file (SCENARIO.md), judged by the properties
  std::vector<std::string> families;  // that are on
};

Generated generate(std::uint64_t seed, const GeneratorOptions& options);

}  // namespace torpor::explore
