// The opening handshake as the runtime does it: after the worker has answered with a WebSocket.
// Source: UPG-02 to UPG-07, EXT-01, observed.md 1.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "core/object/http.h"
#include "core/websocket/deflate.h"
#include "reference-server/http_message.h"

namespace torpor::server {

struct Refusal {
  std::string response;
};

struct Handshake {
  std::string response;
  std::optional<websocket::DeflateParameters> deflate;
};

struct UpgradeOptions {
  bool compression = false;  // permessage-deflate may be negotiated
  bool strict = false;       // what RFC 6455 4.2.1 demands of a request is demanded
};

// `response` carries a WebSocket. Its own Connection, Upgrade, Sec-WebSocket-Accept and
// Sec-WebSocket-Extensions headers are dropped, the others pass.
std::variant<Handshake, Refusal> upgrade(const HttpRequest& request,
                                         const object::Response& response,
                                         const UpgradeOptions& options);

}  // namespace torpor::server
