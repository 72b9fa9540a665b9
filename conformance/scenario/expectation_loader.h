// Reads `expect` of SCENARIO.md.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "conformance/scenario/expectation.h"
#include "conformance/scenario/members.h"
#include "conformance/scenario/parameters.h"
#include "conformance/statements/registry.h"

namespace torpor::scenario {

// What an item may refer to.
struct ExpectationScope {
  const statements::Registry& registry;
  std::vector<std::string> statements;       // those the case lists
  const std::vector<Parameter>& parameters;  // what `when` may ask for
  bool all_labels_known;  // false for one case of a family: other labels are legal too
  const std::set<std::string>& clients;  // those the steps connect
};

std::vector<Lane> read_lanes(Diagnostics& diagnostics, Members& scenario,
                             const ExpectationScope& scope);

// The statement exists; otherwise a problem.
void check_statement(Diagnostics& diagnostics, const std::string& id, const std::string& pointer,
                     const statements::Registry& registry);

}  // namespace torpor::scenario
