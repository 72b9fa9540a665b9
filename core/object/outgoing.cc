#include "core/object/outgoing.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "core/mutants.h"

namespace torpor::object {

using mutants::Mutant;
using mutants::planted;

namespace {

constexpr std::uint16_t kPort = 80, kSecurePort = 443;

bool is_alpha(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_scheme(std::string_view text) {
  return !text.empty() && is_alpha(text.front()) &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return is_alpha(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
         });
}

// RFC 9110 5.6.2.
bool is_token(std::string_view text) {
  constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return is_alpha(c) || is_digit(c) || kOthers.find(c) != std::string_view::npos;
  });
}

// "h", "h:1", "[::1]:1"; without a host or with port 0 where it is none of these.
void split_authority(SocketUrl& url) {
  std::string_view rest = url.authority;
  if (rest.starts_with('[')) {
    const auto end = rest.find(']');
    if (end == std::string_view::npos) return;
    url.host = std::string(rest.substr(1, end - 1));
    rest.remove_prefix(end + 1);
  } else {
    url.host = std::string(rest.substr(0, rest.find(':')));
    rest.remove_prefix(url.host.size());
  }
  if (rest.empty()) {
    url.port = url.scheme == "wss" || url.scheme == "https" ? kSecurePort : kPort;
    return;
  }
  const char* const last = rest.data() + rest.size();
  const auto [end, error] = std::from_chars(rest.data() + 1, last, url.port);
  if (rest.front() != ':' || error != std::errc{} || end != last) url.port = 0;
}

JsError syntax_error(const std::string& what) {
  return {"SyntaxError", "WebSocket Constructor: " + what};
}

}  // namespace

std::optional<SocketUrl> parse_socket_url(std::string_view url) {
  SocketUrl result;
  const auto colon = url.find(':');
  if (colon == std::string_view::npos || !is_scheme(url.substr(0, colon))) return std::nullopt;
  for (const char c : url.substr(0, colon))
    result.scheme += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  url.remove_prefix(colon + 1);
  if (!url.starts_with("//")) return std::nullopt;
  url.remove_prefix(2);
  const auto fragment = url.find('#');
  result.has_fragment = fragment != std::string_view::npos;
  url = url.substr(0, fragment);
  const auto path = std::min(url.find_first_of("/?"), url.size());
  std::string_view authority = url.substr(0, path);
  if (const auto at = authority.rfind('@'); at != std::string_view::npos)
    authority.remove_prefix(at + 1);
  result.authority = std::string(authority);
  result.target =
      (path < url.size() && url[path] == '/' ? "" : "/") + std::string(url.substr(path));
  split_authority(result);
  return result;
}

SocketUrl checked_socket_url(const std::string& url) {
  auto parsed = parse_socket_url(url);
  if (!parsed) throw syntax_error("The url is invalid.");
  if (parsed->scheme != "ws" && parsed->scheme != "wss" && !planted(Mutant::kHttpUrlTaken))
    throw syntax_error("The url scheme must be ws or wss.");
  if (parsed->has_fragment && !planted(Mutant::kFragmentOfUrlTaken))
    throw syntax_error("The url fragment must be empty.");
  return *std::move(parsed);
}

void check_protocols(const std::vector<std::string>& protocols, bool is_list) {
  std::set<std::string> seen;
  for (const std::string& protocol : protocols) {
    if (!is_token(protocol)) {
      throw syntax_error(is_list ? "One of the protocol header tokens is invalid."
                                 : "The protocol header token is invalid.");
    }
    if (!seen.insert(protocol).second && !planted(Mutant::kProtocolTwiceTaken))
      throw syntax_error("The protocols header cannot have repeating values.");
  }
}

}  // namespace torpor::object
