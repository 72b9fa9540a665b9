// A scenario with `parameters` is a family: one case for each combination of their labels.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "conformance/scenario/members.h"
#include "core/json.h"

namespace torpor::scenario {

struct ParameterValue {
  std::string label;
  Json value;
};

struct Parameter {
  std::string name;
  std::vector<ParameterValue> values;
};

// One label for each parameter, in their order.
using Combination = std::vector<std::pair<std::string, const ParameterValue*>>;

// Reads `parameters` of a scenario; without the member there are none.
std::vector<Parameter> read_parameters(Diagnostics& diagnostics, Members& scenario);

// All combinations but those that `except` drops; the first parameter changes slowest. Without
// parameters: one, empty.
std::vector<Combination> combinations(Diagnostics& diagnostics, Members& scenario,
                                      const std::vector<Parameter>& parameters);

// `json` with every "${name}" replaced. A name that is no parameter is a problem.
Json fill_in(Diagnostics& diagnostics, const Json& json, const std::string& pointer,
             const Combination& combination);

// "[api=hibernation,date=2026-04-07]"; empty without parameters.
std::string id_suffix(const Combination& combination);

}  // namespace torpor::scenario
