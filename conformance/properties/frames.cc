#include "conformance/properties/frames.h"

#include <utility>

#include "conformance/properties/history.h"
#include "conformance/properties/values.h"

namespace torpor::properties {
namespace {

using websocket::ClosePayload;

constexpr std::uint64_t kMessageMax = 33'554'432;  // MSG-03
constexpr std::uint8_t kContinuation = 0;
constexpr std::uint8_t kBinary = 2;
constexpr std::uint8_t kClose = 8;
constexpr std::uint8_t kPing = 9;
constexpr std::uint8_t kPong = 10;

bool is_control(std::uint8_t opcode) {
  return opcode >= 8;
}

bool is_known(std::uint8_t opcode) {
  return opcode <= kBinary || (opcode >= kClose && opcode <= kPong);
}

ClosePayload protocol_error(const std::string& reason) {
  return {1002, reason};
}

Deed breach_deed(std::optional<ClosePayload> told) {
  Deed deed{.kind = Deed::Kind::kFault};
  if (told) deed.close = *std::move(told);
  return deed;
}

int octet(const std::string& octets, std::size_t at) {
  return static_cast<unsigned char>(octets[at]);
}

// RFC 1951, 3.2.4: one stored block, and the beginning of an empty one that ends every message.
std::optional<std::string> stored_block(const std::string& octets) {
  if (octets.size() < 6 || octets.front() != 0 || octets.back() != 0) return std::nullopt;
  const int size = octet(octets, 1) | octet(octets, 2) << 8;
  const int inverse = octet(octets, 3) | octet(octets, 4) << 8;
  if ((size ^ inverse) != 0xffff || octets.size() != static_cast<std::size_t>(size) + 6)
    return std::nullopt;
  return octets.substr(5, static_cast<std::size_t>(size));
}

bool has_reserved_block_type(const std::string& octets) {
  return !octets.empty() && (octet(octets, 0) & 6) == 6;
}

}  // namespace

// In the order of FRAME-07.
std::optional<ClosePayload> Frames::breach(const scenario::step::Frame& frame, std::size_t size,
                                           bool deflate) const {
  if (frame.rsv2 || frame.rsv3) return protocol_error("Received frame had RSV bits 2 or 3 set");
  const std::uint64_t declared = frame.declared.value_or(size);
  const std::uint64_t left = kMessageMax - (in_message_ ? octets_.size() : 0);
  if (declared > left)
    return ClosePayload{
        1009, "Message is too large: " + std::to_string(declared) + " > " + std::to_string(left)};
  if (frame.opcode == kContinuation && !in_message_)
    return protocol_error("Unexpected continuation frame");
  if (frame.opcode != kContinuation && !is_control(frame.opcode) && in_message_)
    return protocol_error("Missing continuation frame");
  if (is_control(frame.opcode) && !frame.fin)
    return protocol_error("Received fragmented control frame");
  if (!is_known(frame.opcode))
    return protocol_error("Unknown opcode " + std::to_string(frame.opcode));
  if (frame.rsv1 && !deflate && !is_control(frame.opcode))
    return protocol_error(
        "Received a WebSocket frame whose compression bit was set, but the compression extension "
        "was not negotiated for this connection.");
  return std::nullopt;
}

Deed Frames::take(const scenario::step::Frame& frame, bool deflate) {
  std::string payload = frame.payload.octets();
  if (auto told = breach(frame, payload.size(), deflate)) return breach_deed(std::move(told));
  if (frame.declared && *frame.declared != payload.size()) return breach_deed(std::nullopt);
  switch (frame.opcode) {
    case kClose:
      return {.kind = Deed::Kind::kClose, .close = websocket::decode_close(payload)};
    case kPing:
      return {.kind = Deed::Kind::kPing, .message = {true, std::move(payload)}};
    case kPong:
      return {.kind = Deed::Kind::kOther};
    default:
      return data(frame, std::move(payload));
  }
}

Deed Frames::take(const scenario::step::Send& send) {
  if (in_message_) return breach_deed(protocol_error("Missing continuation frame"));
  return {.kind = Deed::Kind::kMessage, .message = {send.binary, send.payload.octets()}};
}

Deed Frames::data(const scenario::step::Frame& frame, std::string payload) {
  if (!in_message_) {
    binary_ = frame.opcode == kBinary;
    compressed_ = frame.rsv1;
    octets_.clear();
  }
  octets_ += payload;
  in_message_ = !frame.fin;
  if (in_message_) return {.kind = Deed::Kind::kOther};
  if (!compressed_)
    return {.kind = Deed::Kind::kMessage,
            .message = {binary_, binary_ ? std::move(octets_) : as_text(octets_)}};
  if (has_reserved_block_type(octets_))
    return breach_deed(protocol_error("Invalid compressed data"));
  auto inflated = stored_block(octets_);
  if (!inflated) return breach_deed(std::nullopt);
  return {.kind = Deed::Kind::kMessage, .message = {binary_, *std::move(inflated)}};
}

}  // namespace torpor::properties
