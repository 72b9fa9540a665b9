// Any server that serves the fixture contract at an address: tcp://HOST:PORT.
#pragma once

#include <string>

#include "conformance/targets/target.h"

namespace torpor::targets {

// Throws TargetError (usage) when the name is malformed or its host cannot be resolved.
std::unique_ptr<Target> make_tcp_target(const std::string& name, const Settings& settings);

}  // namespace torpor::targets
