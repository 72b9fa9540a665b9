// Any server that serves the fixture contract at an address: tcp://HOST:PORT.
#pragma once

#include <cstdint>
#include <string>

#include "conformance/targets/target.h"

namespace torpor::targets {

struct TcpAddress {
  std::string host;  // without the brackets of an IPv6 address
  std::uint16_t port;
};
// Throws TargetError (usage) for what is not tcp://HOST:PORT with a port from 1 to 65535.
TcpAddress tcp_address_of(const std::string& name);

// Throws TargetError when the name is malformed (usage) or its host cannot be resolved.
std::unique_ptr<Target> make_tcp_target(const std::string& name, const Settings& settings);

}  // namespace torpor::targets
