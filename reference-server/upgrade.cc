#include "reference-server/upgrade.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include "core/mutants.h"
#include "core/websocket/extensions.h"
#include "core/websocket/handshake.h"

namespace torpor::server {

using mutants::Mutant;
using mutants::planted;

namespace {

Refusal refuse(const HttpRequest& request, int status, std::string_view headers,
               std::string_view body) {
  return {runtime_error(request.minor_version, status,
                        std::string(headers) + "Content-Type: text/plain\r\n", body)};
}

// base64 of 16 octets.
bool is_key(const std::string& key) {
  const auto in_alphabet = [](unsigned char c) { return std::isalnum(c) || c == '+' || c == '/'; };
  return key.size() == 24 && key.ends_with("==") &&
         std::all_of(key.begin(), key.end() - 2, in_alphabet);
}

// What RFC 6455 4.2.1 demands and workerd does not; null when nothing is wrong.
const char* strict_problem(const HttpRequest& request, const std::string& key) {
  if (request.minor_version == 0) return "ERROR: WebSocket needs HTTP/1.1.";
  if (!has_member(request.request.headers, "Connection", "upgrade") &&
      !planted(Mutant::kConnectionUncheckedStrictly))
    return "ERROR: Connection has no token Upgrade.";
  if (!is_key(key) && !planted(Mutant::kKeyUncheckedStrictly))
    return "ERROR: Sec-WebSocket-Key is not 16 octets in base64.";
  return nullptr;
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
                                         const object::Response& response,
                                         const UpgradeOptions& options) {
  const object::Headers& headers = request.request.headers;
  if (request.request.method != "GET" && !planted(Mutant::kAnyMethodUpgrades)) {
    return refuse(request, 400, "", "ERROR: WebSocket must be initiated with a GET request.");
  }
  if (object::header(headers, "Sec-WebSocket-Version") != "13" &&
      !planted(Mutant::kVersionUnchecked)) {
    return refuse(request, 426,
                  planted(Mutant::kVersionUntold) ? "" : "Sec-WebSocket-Version: 13\r\n",
                  "ERROR: The requested WebSocket version is not supported.");
  }
  const std::string key = object::header(headers, "Sec-WebSocket-Key").value_or("");
  if (key.empty() && !planted(Mutant::kMissingKeyTaken))
    return refuse(request, 400, "", "ERROR: Missing Sec-WebSocket-Key");

  if (planted(Mutant::kKeyChecked) && !is_key(key))
    return refuse(request, 400, "", "ERROR: bad key");
  if (planted(Mutant::kConnectionChecked) && !has_member(headers, "Connection", "upgrade"))
    return refuse(request, 400, "", "ERROR: Connection has no token Upgrade.");
  if (options.strict) {
    if (const char* problem = strict_problem(request, key))
      return refuse(request, 400, "", problem);
  }

  Handshake handshake;
  handshake.response = "HTTP/1." + std::to_string(request.minor_version) +
                       " 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                       "Sec-WebSocket-Accept: " +
                       (planted(Mutant::kKeyEchoed) ? key : websocket::accept_key(key)) + "\r\n";
  const auto offer = object::header(headers, "Sec-WebSocket-Extensions");
  const auto form = options.strict ? websocket::NumberForm::kRfc7692 : websocket::NumberForm::kC;
  const bool may_compress = (options.compression || planted(Mutant::kDeflateBeforeItsDate)) &&
                            !planted(Mutant::kDeflateNever);
  if (const auto agreed =
          may_compress && offer ? websocket::negotiate(*offer, form) : std::nullopt) {
    handshake.response += "Sec-WebSocket-Extensions: " + agreed->response_header + "\r\n";
    handshake.deflate = agreed->parameters;
  }
  if (planted(Mutant::kUnknownOfferRefused) && offer && !handshake.deflate)
    return refuse(request, 400, "", "ERROR: unknown extension");
  for (const auto& [name, value] : response.headers()) {
    if (planted(Mutant::kResponseHeadersDropped)) break;
    if (!set_by_runtime(name) || planted(Mutant::kOwnHeadersReplaced))
      handshake.response += name + ": " + value + "\r\n";
  }
  const auto protocols = object::header(headers, "Sec-WebSocket-Protocol");
  if (planted(Mutant::kProtocolAssumed) && protocols &&
      !object::header(response.headers(), "Sec-WebSocket-Protocol"))
    handshake.response +=
        "Sec-WebSocket-Protocol: " + protocols->substr(0, protocols->find(',')) + "\r\n";
  handshake.response += "\r\n";
  return handshake;
}

}  // namespace torpor::server
