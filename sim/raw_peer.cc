#include "sim/raw_peer.h"

#include <algorithm>

#include "core/websocket/opcode.h"

namespace torpor::sim {
namespace {

using websocket::Opcode;

constexpr std::uint64_t kInflatedOctetsMax = std::uint64_t{1} << 28;
constexpr std::uint8_t kContinuation = 0, kText = 1, kBinary = 2, kClose = 8, kPing = 9, kPong = 10;

}  // namespace

bool same_name(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

std::string make_head(std::string line, const HeaderList& defaults,
                      const HeaderOverrides& overrides) {
  std::string out = std::move(line);
  const auto overridden = [&](const std::string& name) {
    return std::any_of(overrides.begin(), overrides.end(),
                       [&](const auto& entry) { return same_name(entry.first, name); });
  };
  for (const auto& [name, value] : defaults) {
    if (!overridden(name)) out += name + ": " + value + "\r\n";
  }
  for (const auto& [name, value] : overrides) {
    if (value) out += name + ": " + *value + "\r\n";
  }
  return out + "\r\n";
}

RawPeer::~RawPeer() = default;

std::uint32_t RawPeer::mask_key() {
  return static_cast<std::uint32_t>(
      chooser_.choose(Choice::kMaskKey, entity_, std::uint64_t{1} << 32));
}

std::string RawPeer::message(bool binary, std::string_view payload, bool compress) {
  const auto opcode = static_cast<std::uint8_t>(binary ? Opcode::kBinary : Opcode::kText);
  if (!compress || !deflate_) return frame(opcode, payload, {});
  if (!deflater_) deflater_ = std::make_unique<websocket::Deflater>(*deflate_, role_);
  return frame(opcode, deflater_->compress(payload), {.rsv1 = true});
}

std::string RawPeer::frame(std::uint8_t opcode, std::string_view payload,
                           websocket::FrameOptions options, std::optional<bool> masked) {
  if (masked.value_or(role_ == websocket::Role::kClient)) options.mask_key = mask_key();
  return websocket::make_frame(opcode, payload, options);
}

std::string RawPeer::ping(std::string_view payload) {
  return frame(kPing, payload, {});
}
std::string RawPeer::pong(std::string_view payload) {
  return frame(kPong, payload, {});
}
std::string RawPeer::close(std::string_view payload) {
  return frame(kClose, payload, {});
}

void RawPeer::start(std::optional<websocket::DeflateParameters> deflate) {
  open_ = true;
  deflate_ = deflate;
}

std::vector<Seen> RawPeer::received(std::string_view octets) {
  std::vector<Seen> seen;
  std::string after_head;
  if (!open_ || !buffer_.empty()) {
    buffer_ += octets;
    if (!open_) seen = read_http(buffer_);
    if (!open_) return seen;
    octets = after_head = std::exchange(buffer_, {});
  }
  websocket::FrameReader fresh;
  websocket::FrameReader& frames = frames_ ? *frames_ : fresh;
  frames.feed(octets);
  while (auto frame = frames.next()) {
    if (auto event = take_frame(std::move(*frame))) seen.push_back(std::move(*event));
  }
  if (!frames.mid_frame()) {
    frames_.reset();
  } else if (!frames_) {
    frames_ = std::make_unique<websocket::FrameReader>(std::move(fresh));
  }
  return seen;
}

std::optional<Seen> RawPeer::take_frame(websocket::Frame frame) {
  const websocket::FrameHeader& header = frame.header;
  const auto malformed = [&](const char* reason) {
    return Seen{
        .kind = Seen::Kind::kMalformed, .octets = std::move(frame.payload), .reason = reason};
  };
  const bool from_client = role_ == websocket::Role::kServer;
  if (header.masked && !from_client) return malformed("a masked frame from a server");
  if (!header.masked && from_client) return malformed("an unmasked frame from a client");
  if (header.rsv2 || header.rsv3) return malformed("RSV2 or RSV3 is set");
  if (header.length_form != websocket::LengthForm::kMinimal)
    return malformed("a length that is not in its shortest form");
  switch (header.opcode) {
    case kClose:
      return Seen{.kind = Seen::Kind::kClose, .octets = std::move(frame.payload)};
    case kPing:
      return Seen{.kind = Seen::Kind::kPing, .octets = std::move(frame.payload)};
    case kPong:
      return Seen{.kind = Seen::Kind::kPong, .octets = std::move(frame.payload)};
    case kContinuation:
      if (!mid_message_) return malformed("a continuation of nothing");
      break;
    case kText:
    case kBinary:
      if (mid_message_) return malformed("a new message inside another");
      message_opcode_ = header.opcode;
      message_compressed_ = header.rsv1;
      message_.clear();
      message_frames_ = 0;
      break;
    default:
      return malformed("an unknown opcode");
  }
  if (message_.empty()) {
    message_ = std::move(frame.payload);
  } else {
    message_ += frame.payload;
  }
  ++message_frames_;
  mid_message_ = !header.fin;
  return mid_message_ ? std::nullopt : end_message();
}

std::optional<Seen> RawPeer::end_message() {
  Seen seen{.kind = message_opcode_ == kText ? Seen::Kind::kText : Seen::Kind::kBinary};
  seen.compressed = message_compressed_;
  seen.frames = message_frames_;
  if (!message_compressed_) {
    seen.octets = std::move(message_);
    return seen;
  }
  if (!deflate_) {
    return Seen{.kind = Seen::Kind::kMalformed,
                .octets = std::move(message_),
                .reason = "RSV1 without compression"};
  }
  if (!inflater_)
    inflater_ = std::make_unique<websocket::Inflater>(*deflate_, websocket::other(role_));
  if (inflater_->decompress(message_, kInflatedOctetsMax, seen.octets)) {
    return Seen{.kind = Seen::Kind::kMalformed,
                .octets = std::move(message_),
                .reason = "data that cannot be inflated"};
  }
  return seen;
}

}  // namespace torpor::sim
