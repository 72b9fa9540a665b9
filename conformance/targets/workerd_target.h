// The real workerd from npm, started by Torpor itself with the JavaScript fixture.
#pragma once

#include <optional>
#include <string>

#include "conformance/targets/target.h"

namespace torpor::targets {

// `version`: of the npm package; nothing for the one that the project pins.
std::unique_ptr<Target> make_workerd_target(std::optional<std::string> version,
                                            const Settings& settings);

}  // namespace torpor::targets
