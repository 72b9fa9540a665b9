// RFC 6455 11.8. Opcodes travel as plain numbers wherever a malformed frame must be expressible.
#pragma once

#include <cstdint>

namespace torpor::websocket {

enum class Opcode : std::uint8_t {
  kContinuation = 0,
  kText = 1,
  kBinary = 2,
  kClose = 8,
  kPing = 9,
  kPong = 10,
};

constexpr bool is_control(std::uint8_t opcode) {
  return (opcode & 0x8) != 0;
}
constexpr bool is_control(Opcode opcode) {
  return is_control(static_cast<std::uint8_t>(opcode));
}

constexpr bool is_known(std::uint8_t opcode) {
  return opcode <= 2 || (opcode >= 8 && opcode <= 10);
}

}  // namespace torpor::websocket
