#include "reference-server/upgrade.h"

#include <array>
#include <string_view>

#include "core/websocket/extensions.h"
#include "core/websocket/handshake.h"

namespace torpor::server {
namespace {

Refusal refuse(const HttpRequest& request, int status, std::string_view headers,
               std::string_view body) {
  return {runtime_error(request.minor_version, status,
                        std::string(headers) + "Content-Type: text/plain\r\n", body)};
}

bool set_by_runtime(const std::string& name) {
  static constexpr std::array kNames = {"Connection", "Upgrade", "Sec-WebSocket-Accept",
                                        "Sec-WebSocket-Extensions"};
  for (const char* own : kNames) {
    if (object::header({{name, ""}}, own)) return true;
  }
  return false;
}

}  // namespace

std::variant<Handshake, Refusal> upgrade(const HttpRequest& request,
                                         const object::Response& response, bool compression) {
  const object::Headers& headers = request.request.headers;
  if (request.request.method != "GET") {
    return refuse(request, 400, "", "ERROR: WebSocket must be initiated with a GET request.");
  }
  if (object::header(headers, "Sec-WebSocket-Version") != "13") {
    return refuse(request, 426, "Sec-WebSocket-Version: 13\r\n",
                  "ERROR: The requested WebSocket version is not supported.");
  }
  const std::string key = object::header(headers, "Sec-WebSocket-Key").value_or("");
  if (key.empty()) return refuse(request, 400, "", "ERROR: Missing Sec-WebSocket-Key");

  Handshake handshake;
  handshake.response = "HTTP/1." + std::to_string(request.minor_version) +
                       " 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                       "Sec-WebSocket-Accept: " +
                       websocket::accept_key(key) + "\r\n";
  const auto offer = object::header(headers, "Sec-WebSocket-Extensions");
  if (const auto agreed = compression && offer ? websocket::negotiate(*offer) : std::nullopt) {
    handshake.response += "Sec-WebSocket-Extensions: " + agreed->response_header + "\r\n";
    handshake.deflate = agreed->parameters;
  }
  for (const auto& [name, value] : response.headers()) {
    if (!set_by_runtime(name)) handshake.response += name + ": " + value + "\r\n";
  }
  handshake.response += "\r\n";
  return handshake;
}

}  // namespace torpor::server
