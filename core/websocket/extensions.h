// Sec-WebSocket-Extensions: which permessage-deflate offers are taken and what is answered, as
// workerd does it (EXT-01 to EXT-03).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/websocket/deflate.h"

namespace torpor::websocket {

struct Negotiated {
  DeflateParameters parameters;
  std::string response_header;  // the server's Sec-WebSocket-Extensions

  bool operator==(const Negotiated&) const = default;
};

// How the numbers of an offer are read.
enum class NumberForm {
  kC,        // as workerd does: a plus sign, a 0x prefix and leading zeros are no obstacle
  kRfc7692,  // decimal digits without a leading zero (RFC 7692, 7.1.2)
};

// The first acceptable permessage-deflate offer of a client's header; nothing when there is none.
std::optional<Negotiated> negotiate(std::string_view offer_header,
                                    NumberForm form = NumberForm::kC);

// A client's offer. `client_max_window_bits` is named without a value when only its support is
// offered.
struct DeflateOffer {
  bool server_no_context_takeover = false;
  bool client_no_context_takeover = false;
  std::optional<int> server_max_window_bits = std::nullopt;
  std::optional<int> client_max_window_bits = std::nullopt;
  bool supports_client_max_window_bits = false;

  bool operator==(const DeflateOffer&) const = default;
};

std::string build_offer(const DeflateOffer& offer = {});

// The client's reading of the server's answer. Nothing: the answer is not one that
// permessage-deflate allows, and the connection has to be failed. An absent or empty header means
// "not compressed": do not ask.
std::optional<DeflateParameters> parse_response(std::string_view response_header);

}  // namespace torpor::websocket
