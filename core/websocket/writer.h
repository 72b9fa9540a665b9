// Turns messages into octets to send: one unfragmented frame each, sizes in their shortest form
// (SEND-05). With permessage-deflate every data frame is compressed (EXT-04). Order of calls is
// order on the wire. Nothing is validated: text need not be UTF-8 (SEND-09), close payloads may be
// illegal (EXT-06).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/websocket/bytes.h"
#include "core/websocket/close.h"
#include "core/websocket/deflate.h"
#include "core/websocket/opcode.h"
#include "core/websocket/role.h"

namespace torpor::websocket {

class Writer {
 public:
  struct Options {
    Role role = Role::kServer;  // whose compression parameters apply; masking is each call's choice
    std::optional<DeflateParameters> deflate = std::nullopt;
  };
  using MaskKey = std::optional<std::uint32_t>;  // a client gives a fresh one with every frame

  explicit Writer(const Options& options);

  Bytes text(std::string_view payload, MaskKey mask_key = {});
  Bytes binary(std::string_view payload, MaskKey mask_key = {});
  Bytes ping(std::string_view payload, MaskKey mask_key = {}) const;
  Bytes pong(std::string_view payload, MaskKey mask_key = {}) const;
  Bytes close(const ClosePayload& payload, MaskKey mask_key = {}) const;
  Bytes close_raw(std::string_view payload, MaskKey mask_key = {}) const;

 private:
  Bytes data(Opcode opcode, std::string_view payload, MaskKey mask_key);

  std::optional<Deflater> deflater_;
};

}  // namespace torpor::websocket
