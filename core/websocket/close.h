// The payload of a Close frame, RFC 6455 5.5.1 and 7.4.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/websocket/bytes.h"

namespace torpor::websocket {

inline constexpr std::uint16_t kCloseNormal = 1000;
inline constexpr std::uint16_t kCloseGoingAway = 1001;
inline constexpr std::uint16_t kCloseProtocolError = 1002;
inline constexpr std::uint16_t kCloseUnsupportedData = 1003;
inline constexpr std::uint16_t kCloseReserved = 1004;
inline constexpr std::uint16_t kCloseNoStatus = 1005;  // never on the wire: "no code was sent"
inline constexpr std::uint16_t kCloseAbnormal = 1006;  // never on the wire: "no Close frame came"
inline constexpr std::uint16_t kCloseInvalidPayload = 1007;
inline constexpr std::uint16_t kClosePolicyViolation = 1008;
inline constexpr std::uint16_t kCloseTooLarge = 1009;
inline constexpr std::uint16_t kCloseMandatoryExtension = 1010;
inline constexpr std::uint16_t kCloseInternalError = 1011;
inline constexpr std::uint16_t kCloseServiceRestart = 1012;
inline constexpr std::uint16_t kCloseTryAgainLater = 1013;
inline constexpr std::uint16_t kCloseBadGateway = 1014;
inline constexpr std::uint16_t kCloseTlsHandshake = 1015;  // never on the wire

inline constexpr std::size_t kControlPayloadBytesMax = 125;
inline constexpr std::size_t kCloseReasonBytesMax = kControlPayloadBytesMax - 2;

// Without a code the payload is empty; a reason then has no place and must be empty.
struct ClosePayload {
  std::optional<std::uint16_t> code = std::nullopt;
  std::string reason = {};

  bool operator==(const ClosePayload&) const = default;
};

// Any code and any length of reason can be written, legal or not.
Bytes encode_close(const ClosePayload& close);

// Fewer than 2 octets: no code (CLE-02). The reason is returned as it came, UTF-8 or not.
ClosePayload decode_close(std::string_view payload);

// May a peer put this code in a Close frame? RFC 6455 7.4.2 and the registry that it founds.
constexpr bool is_valid_received_code(std::uint16_t code) {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
         (code >= 3000 && code <= 4999);
}

}  // namespace torpor::websocket
