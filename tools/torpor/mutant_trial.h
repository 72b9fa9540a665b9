// One fault of the model on trial: cases are run on the model that has it, until one fails. In a
// process of its own, so that a crash or a loop without end is a result.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "conformance/scenario/case.h"
#include "conformance/statements/registry.h"
#include "core/compat/profile.h"

namespace torpor::tool {

// Cases to be run under one profile.
struct Round {
  compat::Profile profile = compat::Profile::kParity;
  std::vector<scenario::Case> cases;
};

// How the model was found out.
struct Kill {
  std::string case_id;
  compat::Profile profile = compat::Profile::kParity;
  std::vector<std::string> broken;  // statements; of a crash those of the case
  std::string how;                  // one sentence
};

struct Trial {
  std::optional<Kill> kill;
  std::size_t cases = 0;  // that were run, the one that failed included
};

// Nothing when it was interrupted. `mutant`: its name; empty: the model as it is. Throws Failure
// (harness) when no process can be had.
std::optional<Trial> try_mutant(const std::string& mutant, const std::vector<Round>& rounds,
                                const statements::Registry& registry);

}  // namespace torpor::tool
