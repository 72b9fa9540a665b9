// The reference server on a virtual clock and network: each case in a world of its own.
#pragma once

#include "conformance/targets/target.h"

namespace torpor::targets {

std::unique_ptr<Target> make_sim_target(const Settings& settings);

}  // namespace torpor::targets
