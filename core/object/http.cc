#include "core/object/http.h"

#include <algorithm>
#include <string_view>

#include "core/mutants.h"

namespace torpor::object {

using mutants::Mutant;
using mutants::planted;

namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// RFC 9110, 5.6.2: what a token does not have. Octets beyond ASCII pass, as they do on workerd.
bool is_refused_in_a_name(char c) {
  const auto octet = static_cast<unsigned char>(c);
  return octet <= 0x20 || octet == 0x7f ||
         std::string_view("\"(),/:;<=>?@[\\]{}").find(c) != std::string_view::npos;
}

bool is_refused_in_a_value(char c) {
  return c == '\0' || c == '\r' || c == '\n';
}

void check(const Headers& headers) {
  for (const auto& [name, value] : headers) {
    if (std::any_of(name.begin(), name.end(), is_refused_in_a_name))
      throw type_error("Invalid header name.");
    if (std::any_of(value.begin(), value.end(), is_refused_in_a_value))
      throw type_error("Invalid header value.");
  }
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
  if (planted(Mutant::kAnythingUpgrades)) return upgrade.has_value();
  if (planted(Mutant::kUpgradeCaseMatters)) return upgrade == "websocket";
  return upgrade && equal_ignoring_case(*upgrade, "websocket");
}

Response::Response(std::optional<std::string> body, Init init)
    : body_(body.value_or("")), init_(std::move(init)) {
  check(init_.headers);
  if (init_.web_socket) {
    if (init_.status != 101 && !planted(Mutant::kSocketWithAnyStatus))
      throw range_error("Responses with a WebSocket must have status code 101.");
  } else if ((init_.status < 200 && !planted(Mutant::kStatus101WithoutSocket)) ||
             init_.status > 599) {
    throw range_error(
        "Responses may only be constructed with status codes in the range 200 to 599, inclusive.");
  }
  const int status = init_.status;
  if (body && !planted(Mutant::kNullBodyStatusWithBody) &&
      (status == 101 || status == 204 || status == 205 || status == 304)) {
    throw type_error("Response with null body status (101, 204, 205, or 304) cannot have a body.");
  }
  if (body && !header(init_.headers, "Content-Type")) {
    init_.headers.emplace_back("Content-Type", "text/plain;charset=UTF-8");
  }
}

Response Response::clone() const {
  if (init_.web_socket && !planted(Mutant::kHandshakeCloned))
    throw type_error("Cannot clone a response to a WebSocket handshake.");
  return *this;
}

}  // namespace torpor::object
