#include "core/websocket/writer.h"

#include "core/mutants.h"
#include "core/websocket/frame.h"

namespace torpor::websocket {

using mutants::Mutant;
using mutants::planted;

namespace {

// What a writer with the fault kLargeMessageInFragments puts in the first.
constexpr std::size_t kFragmentBytes = 65535;

}  // namespace

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
  if (planted(Mutant::kLargeMessageInFragments) && payload.size() > kFragmentBytes) {
    return make_frame(opcode, payload.substr(0, kFragmentBytes),
                      {.mask_key = mask_key, .fin = false}) +
           make_frame(Opcode::kContinuation, payload.substr(kFragmentBytes),
                      {.mask_key = mask_key});
  }
  const bool compressed =
      deflater_ && !(planted(Mutant::kShortMessageUncompressed) && payload.size() < 16);
  if (!compressed) {
    const bool longer =
        planted(Mutant::kLengthFormTooLong) && payload.size() > kControlPayloadBytesMax;
    return make_frame(
        opcode, payload,
        {.mask_key = mask_key, .length_form = longer ? LengthForm::k64 : LengthForm::kMinimal});
  }
  return make_frame(opcode, deflater_->compress(payload),
                    {.mask_key = mask_key, .rsv1 = !planted(Mutant::kRsv1Missing)});
}

}  // namespace torpor::websocket
