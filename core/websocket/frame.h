// One frame on the wire, RFC 6455 5.2: its header, its writer, its incremental header reader. Knows
// the layout only; what is allowed is the Reader's business, so malformed frames can be written and
// read.
//
//   frame  := octet(FIN RSV1 RSV2 RSV3 opcode:4) octet(MASK size7:7) size16? size64? key? payload
//   size16 present when size7 = 126, size64 when 127, both big-endian; key (4 octets) when MASK = 1
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/websocket/bytes.h"
#include "core/websocket/opcode.h"

namespace torpor::websocket {

// How a size is written: in the shortest form that holds it, or in a longer one, which RFC 6455
// forbids.
enum class LengthForm : std::uint8_t { kMinimal, k16, k64 };

struct FrameHeader {
  bool fin = true;
  bool rsv1 = false;
  bool rsv2 = false;
  bool rsv3 = false;
  std::uint8_t opcode = 0;
  bool masked = false;
  LengthForm length_form = LengthForm::kMinimal;
  std::uint32_t mask_key = 0;
  std::uint64_t payload_size = 0;

  bool operator==(const FrameHeader&) const = default;
};

inline constexpr std::size_t kFrameHeaderBytesMax = 14;

// A size that the chosen form cannot hold is cut to its low bits: the header then lies, on purpose.
void append_frame_header(Bytes& out, const FrameHeader& header);

struct FrameOptions {
  std::optional<std::uint32_t> mask_key = std::nullopt;  // absent: the frame is not masked
  bool fin = true;
  bool rsv1 = false;
  bool rsv2 = false;
  bool rsv3 = false;
  LengthForm length_form = LengthForm::kMinimal;
  std::optional<std::uint64_t> declared_size = std::nullopt;  // instead of the payload's own
};

// REQUIRES: opcode <= 15.
void append_frame(Bytes& out, std::uint8_t opcode, std::string_view payload,
                  const FrameOptions& options = {});
void append_frame(Bytes& out, Opcode opcode, std::string_view payload,
                  const FrameOptions& options = {});
Bytes make_frame(std::uint8_t opcode, std::string_view payload, const FrameOptions& options = {});
Bytes make_frame(Opcode opcode, std::string_view payload, const FrameOptions& options = {});

// Reads headers from octets that arrive in any pieces.
class FrameHeaderReader {
 public:
  // Removes from the front of `bytes` what belongs to the header. Returns it once it is complete,
  // and is then ready for the next one; otherwise `bytes` has been used up.
  std::optional<FrameHeader> read(std::string_view& bytes);

  bool mid_header() const { return held_size_ != 0; }

 private:
  std::array<char, kFrameHeaderBytesMax> held_{};
  std::uint8_t held_size_ = 0;
};

}  // namespace torpor::websocket
