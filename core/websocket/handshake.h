// The two values of the opening handshake, RFC 6455 4.1 and 4.2.2.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace torpor::websocket {

// Sec-WebSocket-Accept. Any key is taken as it is (UPG-04).
std::string accept_key(std::string_view sec_websocket_key);

// Sec-WebSocket-Key from 16 octets that the caller chose.
std::string make_key(const std::array<std::uint8_t, 16>& nonce);

std::string base64(std::string_view bytes);

}  // namespace torpor::websocket
