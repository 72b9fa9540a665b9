// torpor explore FILE --exhaustive N: every run of a small scenario.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tools/torpor/catalogue.h"
#include "tools/torpor/command.h"
#include "tools/torpor/exploration.h"

namespace torpor::tool {

struct ExhaustiveExploration {
  std::vector<std::string> files;
  std::size_t deviations = 1;
  std::uint64_t runs = 1'000'000;
  // May be on; empty: what the scenario itself has, else kExhaustiveFamilies.
  std::vector<std::string> families;
  std::string save;
  ExplorationSettings settings;
  bool json = false;
};

inline const std::vector<std::string> kExhaustiveFamilies = {"order", "evict", "deploy", "crash",
                                                             "cut"};

// Makes the scenario one whose choices are listed: those of `families`, else its own, else
// `otherwise`.
void make_exhaustible(scenario::Case& scenario_case, const std::vector<std::string>& families,
                      const std::vector<std::string>& otherwise);

judge::ExitCode explore_exhaustively(const ExhaustiveExploration& options,
                                     const statements::Registry& registry);

}  // namespace torpor::tool
