// What a Reader yields.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "core/websocket/bytes.h"
#include "core/websocket/fault.h"

namespace torpor::websocket {

struct TextMessage {
  std::string payload;                      // always UTF-8
  std::optional<Bytes> raw = std::nullopt;  // what came, only where it was not UTF-8

  const Bytes& received() const { return raw ? *raw : payload; }
  bool operator==(const TextMessage&) const = default;
};

struct BinaryMessage {
  Bytes payload;
  bool operator==(const BinaryMessage&) const = default;
};

struct Ping {
  Bytes payload;
  bool operator==(const Ping&) const = default;
};

struct Pong {
  Bytes payload;
  bool operator==(const Pong&) const = default;
};

struct CloseReceived {
  Bytes payload;                      // as it came
  std::optional<std::uint16_t> code;  // absent: fewer than 2 octets came
  std::string reason;                 // always UTF-8
  bool operator==(const CloseReceived&) const = default;
};

// The connection is to be failed with a Close frame of this code and description.
struct ProtocolError {
  std::uint16_t status_code;
  std::string description;
  Fault fault;
  bool operator==(const ProtocolError&) const = default;
};

using Event = std::variant<TextMessage, BinaryMessage, Ping, Pong, CloseReceived, ProtocolError>;

// Nothing is ever read after these.
inline bool is_terminal(const Event& event) {
  return std::holds_alternative<CloseReceived>(event) ||
         std::holds_alternative<ProtocolError>(event);
}

}  // namespace torpor::websocket
