#include "core/websocket/reader.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "core/mutants.h"
#include "core/websocket/close.h"
#include "core/websocket/mask.h"
#include "core/websocket/opcode.h"
#include "core/websocket/wording.h"

namespace torpor::websocket {

using mutants::Mutant;
using mutants::planted;

namespace {

constexpr std::uint8_t kContinuation = static_cast<std::uint8_t>(Opcode::kContinuation);
constexpr std::uint8_t kText = static_cast<std::uint8_t>(Opcode::kText);
constexpr std::uint8_t kBinary = static_cast<std::uint8_t>(Opcode::kBinary);
constexpr std::uint8_t kClose = static_cast<std::uint8_t>(Opcode::kClose);
constexpr std::uint8_t kPing = static_cast<std::uint8_t>(Opcode::kPing);
constexpr std::uint8_t kPong = static_cast<std::uint8_t>(Opcode::kPong);

}  // namespace

Reader::Reader(const Options& options) : options_(options) {}

void Reader::feed(std::string_view bytes) {
  if (finished_) return;
  if (position_ > buffer_.size() / 2) {
    buffer_.erase(0, position_);
    position_ = 0;
  }
  buffer_.append(bytes);
}

std::optional<Event> Reader::next() {
  if (finished_) return std::nullopt;
  std::string_view unread = std::string_view(buffer_).substr(position_);
  std::optional<Event> event = read_event(unread);
  finished_ = event && is_terminal(*event);
  if (!unread.empty() && !finished_) {
    position_ = buffer_.size() - unread.size();
    return event;
  }
  position_ = 0;
  Bytes().swap(buffer_);  // idle connections are many
  return event;
}

bool Reader::mid_message() const {
  return !finished_ &&
         (in_frame_ || in_fragments_ || header_reader_.mid_header() || position_ < buffer_.size());
}

std::optional<Event> Reader::read_event(std::string_view& unread) {
  for (;;) {
    if (!in_frame_) {
      const auto header = header_reader_.read(unread);
      if (!header) return std::nullopt;
      header_ = *header;
      in_frame_ = true;
      payload_taken_ = 0;
      if (const auto fault = check_header()) return failure(*fault);
    }
    if (const auto fault = take_payload(unread)) return failure(*fault);
    if (payload_taken_ < header_.payload_size) return std::nullopt;
    in_frame_ = false;
    if (auto event = end_frame()) return event;
  }
}

// The order of these checks is visible to a peer that breaks two rules at once (FRAME-07).
std::optional<Fault> Reader::check_header() const {
  if (planted(Mutant::kSizeToldFirst) && header_.payload_size > allowance())
    return Fault::kMessageTooLarge;
  if ((header_.rsv2 || header_.rsv3) && !planted(Mutant::kReservedBitsTaken))
    return Fault::kReservedBits;
  if (const auto fault = check_header_strictly()) return fault;
  if (header_.payload_size > allowance() && !planted(Mutant::kTooLargeRefusedLate))
    return Fault::kMessageTooLarge;
  if (header_.opcode == kContinuation) {
    if (!in_fragments_ && !planted(Mutant::kUnexpectedContinuationTaken))
      return Fault::kUnexpectedContinuation;
  } else if (!is_control(header_.opcode) || planted(Mutant::kControlInFragmentsRefused)) {
    if (in_fragments_ && !planted(Mutant::kMissingContinuationTaken))
      return Fault::kMissingContinuation;
  }
  if (!header_.fin && is_control(header_.opcode) && !planted(Mutant::kFragmentedControlTaken))
    return Fault::kFragmentedControl;
  return std::nullopt;
}

std::optional<Fault> Reader::check_header_strictly() const {
  const Policy& policy = options_.policy;
  if (policy.require_mask || planted(Mutant::kUnmaskedRefused)) {
    if (options_.role == Role::kServer && !header_.masked && !planted(Mutant::kUnmaskedTaken))
      return Fault::kUnmaskedFrame;
    if (options_.role == Role::kClient && header_.masked && !planted(Mutant::kMaskedRemoteTaken))
      return Fault::kMaskedFrame;
  }
  if (policy.judge_by_header) {
    if (!is_known(header_.opcode)) return Fault::kUnknownOpcode;
    if (header_.rsv1 && !options_.deflate) return Fault::kUnnegotiatedCompression;
  }
  if (policy.restrict_rsv1 && !planted(Mutant::kMisplacedRsv1Taken) && header_.rsv1 &&
      (is_control(header_.opcode) || header_.opcode == kContinuation)) {
    return Fault::kMisplacedCompression;
  }
  if (policy.require_minimal_length) {
    if (header_.payload_size >> 63 != 0) return Fault::kLengthTopBit;
    if (header_.length_form != LengthForm::kMinimal && !planted(Mutant::kLongLengthTaken))
      return Fault::kLengthNotMinimal;
  }
  const bool limited = (policy.limit_control_payload || planted(Mutant::kLongControlRefused)) &&
                       !planted(Mutant::kLongControlTaken);
  if (limited && is_control(header_.opcode) && header_.payload_size > kControlPayloadBytesMax) {
    return Fault::kControlTooLong;
  }
  return std::nullopt;
}

std::optional<Fault> Reader::take_payload(std::string_view& unread) {
  const auto count = static_cast<std::size_t>(
      std::min<std::uint64_t>(header_.payload_size - payload_taken_, unread.size()));
  if (count == 0) return std::nullopt;
  Bytes& target = is_control(header_.opcode) ? control_ : message_;
  const std::size_t before = target.size();
  target.append(unread.substr(0, count));
  unread.remove_prefix(count);
  apply_mask(target.data() + before, count, header_.mask_key,
             planted(Mutant::kMaskRestarts) ? 0 : payload_taken_);
  payload_taken_ += count;
  if (options_.policy.validate_utf8 && message_opcode() == kText && !marked_compressed() &&
      !planted(Mutant::kUtf8CheckedAtTheEnd) &&
      !utf8_.feed(std::string_view(target).substr(before))) {
    return Fault::kInvalidUtf8;
  }
  return std::nullopt;
}

std::optional<Event> Reader::end_frame() {
  if (!is_control(header_.opcode)) return end_data_frame();
  if (header_.opcode == kPing) return Ping{std::exchange(control_, {})};
  if (header_.opcode == kPong) return Pong{std::exchange(control_, {})};
  if (marked_compressed() && !options_.deflate) return failure(Fault::kUnnegotiatedCompression);
  if (header_.opcode == kClose) return end_close();
  if (planted(Mutant::kUnknownControlIgnored)) return std::nullopt;
  return failure(Fault::kUnknownOpcode);
}

std::optional<Event> Reader::end_data_frame() {
  if (!header_.fin && !planted(Mutant::kFragmentsDelivered)) {
    if (planted(Mutant::kCompressedFragmentRefused) && header_.rsv1)
      return failure(Fault::kMissingContinuation);
    if (planted(Mutant::kEmptyFragmentRefused) && header_.payload_size == 0)
      return failure(Fault::kMissingContinuation);
    if (planted(Mutant::kCharacterCutRefused) && !utf8_.complete())
      return failure(Fault::kInvalidUtf8);
    if (!in_fragments_) {
      in_fragments_ = true;
      message_opcode_ = header_.opcode;
      message_rsv1_ = header_.rsv1;
    }
    return std::nullopt;
  }
  Event event = end_message();
  in_fragments_ = false;
  return event;
}

Event Reader::end_message() {
  const std::uint8_t opcode = message_opcode();
  const bool compressed =
      marked_compressed() && (options_.deflate || !planted(Mutant::kRsv1Ignored));
  if (compressed && !options_.deflate) return failure(Fault::kUnnegotiatedCompression);
  if (planted(Mutant::kUncompressedRefused) && options_.deflate && !compressed)
    return failure(Fault::kInvalidCompressedData);
  if (planted(Mutant::kTooLargeRefusedLate) && message_.size() > options_.message_bytes_max)
    return failure(Fault::kMessageTooLarge);
  if (opcode != kText && opcode != kBinary) return failure(Fault::kUnknownOpcode);
  if (compressed) {
    if (!inflater_) inflater_ = std::make_unique<Inflater>(*options_.deflate, other(options_.role));
    Bytes inflated;
    const auto limit =
        planted(Mutant::kInflatedWithoutLimit) ? UINT64_MAX : options_.message_bytes_max;
    const auto fault = inflater_->decompress(message_, limit, inflated);
    if (fault) return failure(*fault);
    message_ = std::move(inflated);
    if (options_.policy.validate_utf8 && opcode == kText &&
        !planted(Mutant::kInflatedUtf8Unchecked)) {
      utf8_.reset();
      utf8_.feed(message_);
    }
  }
  if (opcode == kText) return end_text();
  return BinaryMessage{std::exchange(message_, {})};
}

Event Reader::end_text() {
  if (options_.policy.validate_utf8) {
    if (planted(Mutant::kUtf8CheckedAtTheEnd)) utf8_.feed(message_);
    if (!utf8_.complete() && !planted(Mutant::kCutCharacterTaken))
      return failure(Fault::kInvalidUtf8);
    return TextMessage{std::exchange(message_, {})};
  }
  if (planted(Mutant::kBadUtf8Refused) && !is_utf8(message_)) return failure(Fault::kInvalidUtf8);
  if (is_utf8(message_)) return TextMessage{std::exchange(message_, {})};
  std::string text = replace_invalid(message_);
  return TextMessage{std::move(text), std::exchange(message_, {})};
}

Event Reader::end_close() {
  const Policy& policy = options_.policy;
  ClosePayload close = decode_close(control_);
  if (policy.validate_close_payload || planted(Mutant::kClosePayloadRefused)) {
    if (control_.size() == 1 && !planted(Mutant::kOneOctetCloseTaken))
      return failure(Fault::kInvalidClosePayload);
    if (close.code && !is_valid_received_code(*close.code) && !planted(Mutant::kAnyCloseCodeTaken))
      return failure(Fault::kInvalidCloseCode);
  }
  if (!is_utf8(close.reason)) {
    if (policy.validate_utf8 && !planted(Mutant::kBadReasonTaken))
      return failure(Fault::kInvalidUtf8);
    close.reason = planted(Mutant::kBadReasonDropped) ? "" : replace_invalid(close.reason);
  }
  return CloseReceived{std::exchange(control_, {}), close.code, std::move(close.reason)};
}

Event Reader::failure(Fault fault) const {
  return ProtocolError{
      status_code_of(fault),
      describe(fault, {.opcode = message_opcode(),
                       .payload_size = header_.payload_size,
                       .allowance = allowance(),
                       .fits_control_frame = options_.policy.limit_control_payload}),
      fault};
}

// What one more frame may bring: fragments share the limit of their message (MSG-04).
std::uint64_t Reader::allowance() const {
  const bool shared = in_fragments_ && !planted(Mutant::kFragmentsEscapeLimit);
  return options_.message_bytes_max - (shared ? message_.size() : 0) +
         (planted(Mutant::kMessageLimitOffByOne) ? 1 : 0);
}

// Of the message that the current frame belongs to; a control frame belongs to none.
std::uint8_t Reader::message_opcode() const {
  return in_fragments_ && !is_control(header_.opcode) ? message_opcode_ : header_.opcode;
}

// RSV1 of the last frame counts as much as that of the first; between them it is ignored.
bool Reader::marked_compressed() const {
  return (header_.fin && header_.rsv1) || (in_fragments_ ? message_rsv1_ : header_.rsv1);
}

}  // namespace torpor::websocket
