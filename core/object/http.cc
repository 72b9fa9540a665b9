#include "core/object/http.h"

#include <algorithm>

namespace torpor::object {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

bool equal_ignoring_case(const std::string& a, const std::string& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

std::optional<std::string> header(const Headers& headers, const std::string& name) {
  for (const auto& [key, value] : headers) {
    if (equal_ignoring_case(key, name)) return value;
  }
  return std::nullopt;
}

bool Request::wants_websocket() const {
  const auto upgrade = header(headers, "Upgrade");
  return upgrade && equal_ignoring_case(*upgrade, "websocket");
}

Response::Response(std::optional<std::string> body, Init init)
    : body_(body.value_or("")), init_(std::move(init)) {
  if (init_.web_socket) {
    if (init_.status != 101)
      throw range_error("Responses with a WebSocket must have status code 101.");
  } else if (init_.status < 200 || init_.status > 599) {
    throw range_error(
        "Responses may only be constructed with status codes in the range 200 to 599, inclusive.");
  }
  const int status = init_.status;
  if (body && (status == 101 || status == 204 || status == 205 || status == 304)) {
    throw type_error("Response with null body status (101, 204, 205, or 304) cannot have a body.");
  }
  if (body && !header(init_.headers, "Content-Type")) {
    init_.headers.emplace_back("Content-Type", "text/plain;charset=UTF-8");
  }
}

Response Response::clone() const {
  if (init_.web_socket) throw type_error("Cannot clone a response to a WebSocket handshake.");
  return *this;
}

}  // namespace torpor::object
