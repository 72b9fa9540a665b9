#include "core/websocket/testing.h"

#include <type_traits>

namespace torpor::websocket::testing {
namespace {

int nibble(char digit) {
  return digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}

std::string in_quotes(std::string_view text) {
  return " \"" + std::string(text) + "\"";
}

}  // namespace

Bytes octets(std::string_view hex) {
  Bytes out;
  int high = -1;
  for (const char digit : hex) {
    if (digit == ' ') continue;
    if (high < 0) {
      high = nibble(digit);
    } else {
      out.push_back(static_cast<char>(high << 4 | nibble(digit)));
      high = -1;
    }
  }
  return out;
}

std::string hex(std::string_view octets) {
  std::string out;
  for (const char octet : octets) {
    out.push_back("0123456789abcdef"[static_cast<unsigned char>(octet) >> 4]);
    out.push_back("0123456789abcdef"[static_cast<unsigned char>(octet) & 15]);
  }
  return out;
}

Bytes client(Opcode opcode, std::string_view payload, FrameOptions options) {
  options.mask_key = kMask;
  return make_frame(opcode, payload, options);
}

Bytes client(std::uint8_t opcode, std::string_view payload, FrameOptions options) {
  options.mask_key = kMask;
  return make_frame(opcode, payload, options);
}

std::string print(const Event& event) {
  return std::visit(
      [](const auto& it) -> std::string {
        using T = std::decay_t<decltype(it)>;
        if constexpr (std::is_same_v<T, TextMessage>) return "text" + in_quotes(it.payload);
        if constexpr (std::is_same_v<T, BinaryMessage>) return "binary " + hex(it.payload);
        if constexpr (std::is_same_v<T, Ping>) return "ping" + in_quotes(it.payload);
        if constexpr (std::is_same_v<T, Pong>) return "pong" + in_quotes(it.payload);
        if constexpr (std::is_same_v<T, CloseReceived>) {
          return it.code ? "close " + std::to_string(*it.code) + in_quotes(it.reason) : "close";
        }
        if constexpr (std::is_same_v<T, ProtocolError>) {
          return "error " + std::to_string(it.status_code) + in_quotes(it.description);
        }
      },
      event);
}

std::vector<Event> read_events(Reader& reader, std::string_view octets) {
  reader.feed(octets);
  std::vector<Event> events;
  while (auto event = reader.next()) events.push_back(std::move(*event));
  return events;
}

std::vector<std::string> read_all(Reader::Options options, std::string_view octets) {
  Reader reader(options);
  std::vector<std::string> out;
  for (const Event& event : read_events(reader, octets)) out.push_back(print(event));
  return out;
}

}  // namespace torpor::websocket::testing
