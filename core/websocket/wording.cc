#include "core/websocket/wording.h"

#include <cstdlib>

#include "core/mutants.h"
#include "core/websocket/close.h"

namespace torpor::websocket {

using mutants::Mutant;
using mutants::planted;

std::uint16_t status_code_of(Fault fault) {
  if (planted(Mutant::kBadDeflateIsBadData) && fault == Fault::kInvalidCompressedData)
    return kCloseInvalidPayload;
  if (planted(Mutant::kOneCodeForAllFaults)) return kCloseProtocolError;
  switch (fault) {
    case Fault::kMessageTooLarge:
    case Fault::kInflatedTooLarge:
      return kCloseTooLarge;
    case Fault::kInvalidUtf8:
      return kCloseInvalidPayload;
    default:
      return kCloseProtocolError;
  }
}

std::string describe(Fault fault, const FaultyFrame& frame) {
  switch (fault) {
    case Fault::kReservedBits:
      return "Received frame had RSV bits 2 or 3 set";
    case Fault::kUnnegotiatedCompression:
      if (frame.fits_control_frame)
        return "Received a compressed frame without having agreed to it";
      return "Received a WebSocket frame whose compression bit was set, but the compression "
             "extension was not negotiated for this connection.";
    case Fault::kUnknownOpcode:
      return "Unknown opcode " + std::to_string(frame.opcode);
    case Fault::kUnexpectedContinuation:
      return "Unexpected continuation frame";
    case Fault::kMissingContinuation:
      return "Missing continuation frame";
    case Fault::kFragmentedControl:
      return "Received fragmented control frame";
    case Fault::kMessageTooLarge:
      return "Message is too large: " + std::to_string(frame.payload_size) + " > " +
             std::to_string(frame.allowance);
    case Fault::kInflatedTooLarge:
      return "Message is too large";
    case Fault::kInvalidCompressedData:
      return "Invalid compressed data";
    case Fault::kMisplacedCompression:
      return "Compression bit set on a frame that may not have it";
    case Fault::kUnmaskedFrame:
      return "Received unmasked frame from client";
    case Fault::kMaskedFrame:
      return "Received masked frame from server";
    case Fault::kControlTooLong:
      return "Received control frame with more than 125 octets";
    case Fault::kLengthNotMinimal:
      return "Payload length is not in its shortest form";
    case Fault::kLengthTopBit:
      return "Payload length has its most significant bit set";
    case Fault::kInvalidUtf8:
      return "Received text that is not UTF-8";
    case Fault::kInvalidClosePayload:
      return "Received close frame with a payload of one octet";
    case Fault::kInvalidCloseCode:
      return "Received close frame with a code that may not be sent";
  }
  std::abort();
}

}  // namespace torpor::websocket
