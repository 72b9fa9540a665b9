// The words of a ProtocolError: the code and the reason that go into the Close frame.
#pragma once

#include <cstdint>
#include <string>

#include "core/websocket/fault.h"

namespace torpor::websocket {

std::uint16_t status_code_of(Fault fault);

// What a description can mention.
struct FaultyFrame {
  std::uint8_t opcode = 0;
  std::uint64_t payload_size = 0;
  std::uint64_t allowance = 0;      // octets that were allowed
  bool fits_control_frame = false;  // the description has to stay within 123 octets (EXT-06)
};

// workerd's own words where workerd knows the fault.
std::string describe(Fault fault, const FaultyFrame& frame);

}  // namespace torpor::websocket
