// HTTP/1.1 requests in, responses out, on Beast's parser; sans-IO.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "core/object/http.h"

namespace torpor::server {

// Of a request or a response: the first line and the headers together.
inline constexpr std::uint32_t kHeaderOctetsMax = 128u << 10;

struct HttpRequest {
  object::Request request;
  int minor_version = 1;  // HTTP/1.x
  bool keep_alive = true;
};

// The octets are not a request that can be served: `response` is what the client is told, after
// which the connection ends unless `keep_alive`.
struct HttpFailure {
  std::string response;
  bool keep_alive = false;
};

class HttpReader {
 public:
  HttpReader();
  ~HttpReader();

  void feed(std::string_view octets) { buffer_ += octets; }
  // The next complete request; nothing when more octets are needed.
  std::optional<std::variant<HttpRequest, HttpFailure>> next();
  // What followed the last request, taken out: the first octets of a WebSocket (UPG-19).
  std::string take_rest();

 private:
  struct Parser;
  std::variant<HttpRequest, HttpFailure> finish();

  std::string buffer_;
  std::unique_ptr<Parser> parser_;
};

// An ordinary response as it goes on the wire.
std::string serialize(const object::Response& response, const HttpRequest& to);
// A response of the runtime's own, after which the connection ends.
std::string runtime_error(int minor_version, int status, std::string_view extra_headers,
                          std::string_view body);
std::string_view reason_phrase(int status);
// Whether a header that is a list without quoted strings (Connection, Upgrade) has this member, in
// any case.
bool has_member(const object::Headers& headers, const std::string& name, const std::string& member);

}  // namespace torpor::server
