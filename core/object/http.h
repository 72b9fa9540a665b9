// Request and Response as an object sees and makes them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/object/js_error.h"

namespace torpor::object {

class WebSocket;

using Headers = std::vector<std::pair<std::string, std::string>>;

// ASCII case only.
bool equal_ignoring_case(const std::string& a, const std::string& b);
// The first value of a header, its name compared without case; nothing when absent.
std::optional<std::string> header(const Headers& headers, const std::string& name);

struct Request {
  std::string method;
  std::string target;  // path and query, as in the request line
  Headers headers;
  std::string body;

  // UPG-01: the whole value of Upgrade is "websocket", in any case.
  bool wants_websocket() const;
};

class Response {
 public:
  struct Init {
    int status = 200;
    std::string status_text;
    Headers headers;
    std::shared_ptr<WebSocket> web_socket;
  };
  // Throws JsError as the Response constructor does (UPG-10). A body is text, and has the type that
  // the Fetch standard gives text unless a header says otherwise.
  Response(std::optional<std::string> body, Init init);
  Response() : Response(std::nullopt, Init{}) {}

  // Throws JsError for the answer to a handshake (UPG-12).
  Response clone() const;

  const Init& init() const { return init_; }
  int status() const { return init_.status; }
  const std::string& status_text() const { return init_.status_text; }
  const Headers& headers() const { return init_.headers; }
  const std::string& body() const { return body_; }
  const std::shared_ptr<WebSocket>& web_socket() const { return init_.web_socket; }

 private:
  std::string body_;
  Init init_;
};

// What became of a request to an object: a response, or the exception stub.fetch() rejects with.
using FetchResult = std::variant<Response, JsError>;

}  // namespace torpor::object
