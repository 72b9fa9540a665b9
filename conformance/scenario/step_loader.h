// Reads one step of SCENARIO.md.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "conformance/scenario/members.h"
#include "conformance/scenario/step.h"

namespace torpor::scenario {

// [a-z][a-z0-9]*
bool is_client_name(const std::string& name);

// `clients`: those that earlier steps have connected; a step that names another is a problem. Grows
// with the steps.
std::optional<Step> read_step(Diagnostics& diagnostics, const Json& json,
                              const std::string& pointer, std::set<std::string>& clients);

}  // namespace torpor::scenario
