#include "core/websocket/close.h"

#include <cassert>

namespace torpor::websocket {

Bytes encode_close(const ClosePayload& close) {
  if (!close.code) {
    assert(close.reason.empty());
    return {};
  }
  Bytes payload;
  payload.reserve(2 + close.reason.size());
  payload.push_back(static_cast<char>(*close.code >> 8));
  payload.push_back(static_cast<char>(*close.code & 0xFF));
  payload.append(close.reason);
  return payload;
}

ClosePayload decode_close(std::string_view payload) {
  if (payload.size() < 2) return {};
  const int high = static_cast<unsigned char>(payload[0]);
  const int low = static_cast<unsigned char>(payload[1]);
  return {static_cast<std::uint16_t>(high << 8 | low), std::string(payload.substr(2))};
}

}  // namespace torpor::websocket
