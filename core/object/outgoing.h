// Outgoing sockets: what an object asks of its surroundings to be connected to somewhere else, and
// what becomes of it. Source: OUT-01 to OUT-13, observed.md 11.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/object/http.h"
#include "core/object/wire.h"

namespace torpor::object {

class WebSocket;

struct SocketUrl {
  std::string scheme;  // lower case
  std::string host;    // a name or an address, without brackets
  std::uint16_t port = 0;
  std::string authority;  // as the Host header has it: without user and password
  std::string target;     // path and query, "/" at least
  bool has_fragment = false;
};

// Nothing for what has not the form SCHEME://…; that form is all that the platform checks, so what
// is wrong in the authority shows only as an empty host or port 0.
std::optional<SocketUrl> parse_socket_url(std::string_view url);

// The checks of new WebSocket(url, protocols), in their order; throws JsError (OUT-01, OUT-02).
SocketUrl checked_socket_url(const std::string& url);
void check_protocols(const std::vector<std::string>& protocols, bool is_list);

struct ConnectRequest {
  SocketUrl url;
  Headers headers;  // beside those of the handshake itself
  bool offers_compression = false;
};

struct ConnectResult {
  int status = 0;  // of the answer; 502 for one that breaks the protocol, 0 when there was none
  // Of a 101: what was negotiated.
  std::optional<std::string> protocol = {};
  std::optional<std::string> extensions = {};
  Link* link = nullptr;
};

// What fetch() with Upgrade: websocket gave.
struct FetchedSocket {
  int status;
  std::shared_ptr<WebSocket> socket;  // null unless the status is 101
};

}  // namespace torpor::object
