// Overrides of platform parameters: --set attachment_bytes_max=16383.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "core/compat/parameters.h"
#include "core/compat/profile.h"

namespace torpor::tool {

void add_set_option(CLI::App& verb, std::vector<std::string>& assignments);

// Failure (usage) when an assignment names no parameter or gives no number.
compat::Parameters parameters_with(compat::Profile profile,
                                   const std::vector<std::string>& assignments);

// Failure (usage) for a name that is none, with the names there are.
compat::Profile profile_from(const std::string& name);

// " --set a=1 --set b=2", or nothing.
std::string set_arguments(const std::vector<std::string>& assignments);

}  // namespace torpor::tool
