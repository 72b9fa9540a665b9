// What a peer can do wrong. A value, never an exception.
#pragma once

#include <cstdint>
#include <string_view>

namespace torpor::websocket {

enum class Fault : std::uint8_t {
  kReservedBits,             // RSV2 or RSV3; under the strict policy also RSV1 where it may not be
  kUnnegotiatedCompression,  // RSV1 without permessage-deflate
  kUnknownOpcode,            // 3-7, 11-15
  kUnexpectedContinuation,   // continuation, but nothing to continue
  kMissingContinuation,      // new data frame inside a fragmented message
  kFragmentedControl,        // control frame without FIN
  kMessageTooLarge,          // announced by a header
  kInflatedTooLarge,         // found out while inflating
  kInvalidCompressedData,
  kUnmaskedFrame,    // from a client
  kMaskedFrame,      // from a server
  kControlTooLong,   // control payload over 125 octets
  kLengthNotMinimal, // size written in a longer form than needed
  kLengthTopBit,     // 64-bit size with its most significant bit set
  kInvalidUtf8,
  kInvalidClosePayload,  // one octet, or a reason that is not UTF-8
  kInvalidCloseCode,
};

// "reserved-bits", "unknown-opcode" ...: for traces and reports.
std::string_view name_of(Fault fault);

}  // namespace torpor::websocket
