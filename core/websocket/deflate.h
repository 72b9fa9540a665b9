// permessage-deflate, RFC 7692 7.2: the compression of one message. Framing and RSV1 are not here.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "core/websocket/bytes.h"
#include "core/websocket/fault.h"
#include "core/websocket/role.h"

namespace torpor::websocket {

inline constexpr int kWindowBitsMin = 8;
inline constexpr int kWindowBitsMax = 15;

// What both ends agreed on.
struct DeflateParameters {
  bool server_no_context_takeover = false;
  bool client_no_context_takeover = false;
  int server_max_window_bits = kWindowBitsMax;
  int client_max_window_bits = kWindowBitsMax;

  bool operator==(const DeflateParameters&) const = default;

  bool no_context_takeover(Role sender) const {
    return sender == Role::kServer ? server_no_context_takeover : client_no_context_takeover;
  }
  int max_window_bits(Role sender) const {
    return sender == Role::kServer ? server_max_window_bits : client_max_window_bits;
  }
};

// The compressor of one direction of one connection. Its tables are allocated by the first message.
class Deflater {
 public:
  // REQUIRES: window bits in 8..15.
  Deflater(const DeflateParameters& parameters, Role sender);
  ~Deflater();
  Deflater(Deflater&&) noexcept;
  Deflater& operator=(Deflater&&) noexcept;

  // The payload of one message, without the final 00 00 FF FF. An empty message is the octet 00
  // (EXT-04).
  Bytes compress(std::string_view message);

 private:
  struct Stream;
  int window_bits_;
  bool no_context_takeover_;
  std::unique_ptr<Stream> stream_;
};

// The decompressor of one direction of one connection.
class Inflater {
 public:
  Inflater(const DeflateParameters& parameters, Role sender);
  ~Inflater();
  Inflater(Inflater&&) noexcept;
  Inflater& operator=(Inflater&&) noexcept;

  // Appends the message to `out`, which must not be used after a fault: kInvalidCompressedData, or
  // kInflatedTooLarge when it would have more than `bytes_max` octets. No memory beyond that is
  // used.
  std::optional<Fault> decompress(std::string_view payload, std::uint64_t bytes_max, Bytes& out);

 private:
  struct Stream;
  int window_bits_;
  bool no_context_takeover_;
  std::unique_ptr<Stream> stream_;
};

}  // namespace torpor::websocket
