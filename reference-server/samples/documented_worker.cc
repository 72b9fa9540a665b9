#include "reference-server/samples/documented_worker.h"

#include "core/object/web_socket.h"
#include "reference-server/request_target.h"

namespace torpor::server::samples {

object::Response refusal(int status, const char* status_text) {
  object::Response::Init init;
  init.status = status;
  init.status_text = status_text;
  init.headers = {{"Content-Type", "text/plain"}};
  return object::Response(std::nullopt, init);
}

Route documented_route(object::Request request, UrlPart part) {
  const std::string url =
      part == UrlPart::kAll ? request.target : RequestTarget(request.target).path;
  if (request.method != "GET" || !url.ends_with("/websocket")) return refusal(400, "Bad Request");
  if (object::header(request.headers, "Upgrade") != "websocket") {
    return refusal(426, "Durable Object expected Upgrade: websocket");
  }
  return ToObject{"foo", std::move(request)};
}

object::Response switching_protocols(object::WebSocketPtr client) {
  object::Response::Init init;
  init.status = 101;
  init.web_socket = std::move(client);
  return object::Response(std::nullopt, std::move(init));
}

}  // namespace torpor::server::samples
