#include "core/websocket/frame.h"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "core/websocket/mask.h"

namespace torpor::websocket {
namespace {

constexpr std::uint8_t kFin = 0x80;
constexpr std::uint8_t kRsv1 = 0x40;
constexpr std::uint8_t kRsv2 = 0x20;
constexpr std::uint8_t kRsv3 = 0x10;
constexpr std::uint8_t kOpcodeBits = 0x0F;
constexpr std::uint8_t kMasked = 0x80;
constexpr std::uint8_t kSize16 = 126;
constexpr std::uint8_t kSize64 = 127;
constexpr std::uint64_t kSize7Max = 125;
constexpr std::uint64_t kSize16Max = 0xFFFF;

char* write_big_endian(char* at, std::uint64_t value, int octets) {
  for (int i = octets - 1; i >= 0; --i) *at++ = static_cast<char>(value >> (8 * i));
  return at;
}

std::uint64_t read_big_endian(const char* at, int octets) {
  std::uint64_t value = 0;
  for (int i = 0; i < octets; ++i) value = value << 8 | static_cast<unsigned char>(at[i]);
  return value;
}

LengthForm shortest_form(std::uint64_t size) {
  if (size <= kSize7Max) return LengthForm::kMinimal;
  return size <= kSize16Max ? LengthForm::k16 : LengthForm::k64;
}

std::size_t header_size(std::uint8_t second) {
  const std::uint8_t size7 = second & 0x7F;
  return 2u + (size7 == kSize16 ? 2u : size7 == kSize64 ? 8u : 0u) + ((second & kMasked) ? 4u : 0u);
}

// REQUIRES: a whole header at `at`.
FrameHeader decode(const char* at) {
  const auto first = static_cast<std::uint8_t>(at[0]);
  const auto second = static_cast<std::uint8_t>(at[1]);
  FrameHeader header{.fin = (first & kFin) != 0,
                     .rsv1 = (first & kRsv1) != 0,
                     .rsv2 = (first & kRsv2) != 0,
                     .rsv3 = (first & kRsv3) != 0,
                     .opcode = static_cast<std::uint8_t>(first & kOpcodeBits),
                     .masked = (second & kMasked) != 0,
                     .payload_size = static_cast<std::uint64_t>(second & 0x7F)};
  at += 2;
  if (const auto size7 = header.payload_size; size7 >= kSize16) {
    const int octets = size7 == kSize16 ? 2 : 8;
    const LengthForm form = size7 == kSize16 ? LengthForm::k16 : LengthForm::k64;
    header.payload_size = read_big_endian(at, octets);
    if (form != shortest_form(header.payload_size)) header.length_form = form;
    at += octets;
  }
  if (header.masked) header.mask_key = static_cast<std::uint32_t>(read_big_endian(at, 4));
  return header;
}

}  // namespace

void append_frame_header(Bytes& out, const FrameHeader& header) {
  assert(header.opcode <= kOpcodeBits);
  char octets[kFrameHeaderBytesMax];
  char* at = octets;
  *at++ = static_cast<char>((header.fin ? kFin : 0) | (header.rsv1 ? kRsv1 : 0) |
                            (header.rsv2 ? kRsv2 : 0) | (header.rsv3 ? kRsv3 : 0) | header.opcode);
  const std::uint8_t mask_bit = header.masked ? kMasked : 0;
  const LengthForm form = header.length_form == LengthForm::kMinimal
                              ? shortest_form(header.payload_size)
                              : header.length_form;
  if (form == LengthForm::kMinimal) {
    *at++ = static_cast<char>(mask_bit | header.payload_size);
  } else if (form == LengthForm::k16) {
    *at++ = static_cast<char>(mask_bit | kSize16);
    at = write_big_endian(at, header.payload_size, 2);
  } else {
    *at++ = static_cast<char>(mask_bit | kSize64);
    at = write_big_endian(at, header.payload_size, 8);
  }
  if (header.masked) at = write_big_endian(at, header.mask_key, 4);
  out.append(octets, static_cast<std::size_t>(at - octets));
}

void append_frame(Bytes& out, std::uint8_t opcode, std::string_view payload,
                  const FrameOptions& options) {
  out.reserve(out.size() + kFrameHeaderBytesMax + payload.size());
  append_frame_header(out, {.fin = options.fin,
                            .rsv1 = options.rsv1,
                            .rsv2 = options.rsv2,
                            .rsv3 = options.rsv3,
                            .opcode = opcode,
                            .masked = options.mask_key.has_value(),
                            .length_form = options.length_form,
                            .mask_key = options.mask_key.value_or(0),
                            .payload_size = options.declared_size.value_or(payload.size())});
  out.append(payload);
  if (options.mask_key) {
    apply_mask(out.data() + out.size() - payload.size(), payload.size(), *options.mask_key);
  }
}

void append_frame(Bytes& out, Opcode opcode, std::string_view payload,
                  const FrameOptions& options) {
  append_frame(out, static_cast<std::uint8_t>(opcode), payload, options);
}

Bytes make_frame(std::uint8_t opcode, std::string_view payload, const FrameOptions& options) {
  Bytes out;
  append_frame(out, opcode, payload, options);
  return out;
}

Bytes make_frame(Opcode opcode, std::string_view payload, const FrameOptions& options) {
  return make_frame(static_cast<std::uint8_t>(opcode), payload, options);
}

std::optional<FrameHeader> FrameHeaderReader::read(std::string_view& bytes) {
  if (held_size_ == 0 && bytes.size() >= 2) {
    const std::size_t size = header_size(static_cast<std::uint8_t>(bytes[1]));
    if (bytes.size() >= size) {
      const FrameHeader header = decode(bytes.data());
      bytes.remove_prefix(size);
      return header;
    }
  }
  while (!bytes.empty()) {
    const std::size_t wanted =
        held_size_ < 2 ? 2 : header_size(static_cast<std::uint8_t>(held_[1]));
    if (held_size_ == wanted) break;
    const std::size_t taken = std::min(wanted - held_size_, bytes.size());
    std::memcpy(held_.data() + held_size_, bytes.data(), taken);
    held_size_ = static_cast<std::uint8_t>(held_size_ + taken);
    bytes.remove_prefix(taken);
  }
  if (held_size_ < 2 || held_size_ < header_size(static_cast<std::uint8_t>(held_[1]))) {
    return std::nullopt;
  }
  held_size_ = 0;
  return decode(held_.data());
}

}  // namespace torpor::websocket
