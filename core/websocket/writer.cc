#include "core/websocket/writer.h"

#include "core/websocket/frame.h"

namespace torpor::websocket {

Writer::Writer(const Options& options) {
  if (options.deflate) deflater_.emplace(*options.deflate, options.role);
}

Bytes Writer::text(std::string_view payload, MaskKey mask_key) {
  return data(Opcode::kText, payload, mask_key);
}

Bytes Writer::binary(std::string_view payload, MaskKey mask_key) {
  return data(Opcode::kBinary, payload, mask_key);
}

Bytes Writer::ping(std::string_view payload, MaskKey mask_key) const {
  return make_frame(Opcode::kPing, payload, {.mask_key = mask_key});
}

Bytes Writer::pong(std::string_view payload, MaskKey mask_key) const {
  return make_frame(Opcode::kPong, payload, {.mask_key = mask_key});
}

Bytes Writer::close(const ClosePayload& payload, MaskKey mask_key) const {
  return close_raw(encode_close(payload), mask_key);
}

Bytes Writer::close_raw(std::string_view payload, MaskKey mask_key) const {
  return make_frame(Opcode::kClose, payload, {.mask_key = mask_key});
}

Bytes Writer::data(Opcode opcode, std::string_view payload, MaskKey mask_key) {
  if (!deflater_) return make_frame(opcode, payload, {.mask_key = mask_key});
  return make_frame(opcode, deflater_->compress(payload), {.mask_key = mask_key, .rsv1 = true});
}

}  // namespace torpor::websocket
