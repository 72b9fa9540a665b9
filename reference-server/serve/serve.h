// The reference server on real TCP: `torpor serve`.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "reference-server/options.h"

namespace torpor::server {

struct ServeOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;  // 0: any free port
  // Called once the port is open, with the port.
  std::function<void(std::uint16_t port)> on_listening;
};

// Serves until SIGTERM or SIGINT: then no new connection is taken, the open ones end with FIN, and
// it returns 0. What keeps it from starting (address in use, no such host) is thrown as
// std::runtime_error with what to do about it.
int serve(ServerOptions server, const ServeOptions& options);

}  // namespace torpor::server
