// One mutant on trial by exploration alone: scenarios from seeds, judged by what must always hold.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "conformance/statements/registry.h"

namespace torpor::tool {

struct Exploration {
  std::uint64_t seeds = 0;  // that were needed, or that showed nothing
  bool killed = false;
  std::string bucket;  // what was found
  std::string message;
};

// Nothing when interrupted. Seeds 1 to `seeds_max`, in order, in a process of their own: a model
// that crashes or hangs is killed, too.
std::optional<Exploration> explore_mutant(const std::string& mutant, std::uint64_t seeds_max,
                                          const statements::Registry& registry);

}  // namespace torpor::tool
