#include "core/websocket/fault.h"

#include <cstdlib>

namespace torpor::websocket {

std::string_view name_of(Fault fault) {
  switch (fault) {
    case Fault::kReservedBits:
      return "reserved-bits";
    case Fault::kUnnegotiatedCompression:
      return "unnegotiated-compression";
    case Fault::kUnknownOpcode:
      return "unknown-opcode";
    case Fault::kUnexpectedContinuation:
      return "unexpected-continuation";
    case Fault::kMissingContinuation:
      return "missing-continuation";
    case Fault::kFragmentedControl:
      return "fragmented-control";
    case Fault::kMessageTooLarge:
      return "message-too-large";
    case Fault::kInflatedTooLarge:
      return "inflated-too-large";
    case Fault::kInvalidCompressedData:
      return "invalid-compressed-data";
    case Fault::kMisplacedCompression:
      return "misplaced-compression";
    case Fault::kUnmaskedFrame:
      return "unmasked-frame";
    case Fault::kMaskedFrame:
      return "masked-frame";
    case Fault::kControlTooLong:
      return "control-too-long";
    case Fault::kLengthNotMinimal:
      return "length-not-minimal";
    case Fault::kLengthTopBit:
      return "length-top-bit";
    case Fault::kInvalidUtf8:
      return "invalid-utf8";
    case Fault::kInvalidClosePayload:
      return "invalid-close-payload";
    case Fault::kInvalidCloseCode:
      return "invalid-close-code";
  }
  std::abort();
}

}  // namespace torpor::websocket
