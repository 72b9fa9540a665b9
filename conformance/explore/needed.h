// Which families of faults a failure needs.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"

namespace torpor::explore {

// The scenario without all that a family brought into it. REQUIRES: a family's name.
Json without_family(const Json& scenario, std::string_view family);

// Those that have a part in the scenario.
std::vector<std::string> families_of(const Json& scenario);

// Those without which, taken away alone, it does not fail any more.
std::vector<std::string> needed_families(
    const Json& scenario, const std::function<bool(const Json& scenario)>& still_fails);

}  // namespace torpor::explore
