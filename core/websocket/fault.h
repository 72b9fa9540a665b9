// What a peer can do wrong. A value, never an exception.
#pragma once

#include <cstdint>
#include <string_view>

namespace torpor::websocket {

enum class Fault : std::uint8_t {
  kReservedBits,             // RSV2 or RSV3
  kUnnegotiatedCompression,  // RSV1 without permessage-deflate
  kUnknownOpcode,            // 3-7, 11-15
  kUnexpectedContinuation,   // continuation, but nothing to continue
  kMissingContinuation,      // new data frame inside a fragmented message
  kFragmentedControl,        // control frame without FIN
  kMessageTooLarge,          // announced by a header
  kInflatedTooLarge,         // found out while inflating
  kInvalidCompressedData,
  // From here on only a strict policy finds fault.
  kMisplacedCompression,  // RSV1 on a continuation or control frame
  kUnmaskedFrame,         // from a client
  kMaskedFrame,           // from a server
  kControlTooLong,        // control payload over 125 octets
  kLengthNotMinimal,      // size written in a longer form than needed
  kLengthTopBit,          // 64-bit size with its most significant bit set
  kInvalidUtf8,           // text or close reason
  kInvalidClosePayload,   // of one octet
  kInvalidCloseCode,      // one that may not travel
};

// "reserved-bits", "unknown-opcode" ...: for traces and reports.
std::string_view name_of(Fault fault);

}  // namespace torpor::websocket
