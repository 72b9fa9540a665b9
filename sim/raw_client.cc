#include "sim/raw_client.h"

#include <algorithm>
#include <array>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "core/websocket/extensions.h"
#include "core/websocket/handshake.h"
#include "core/websocket/opcode.h"

namespace torpor::sim {
namespace http = boost::beast::http;
namespace {

using websocket::Opcode;

constexpr std::uint64_t kInflatedOctetsMax = std::uint64_t{1} << 28;
constexpr std::uint64_t kBodyOctetsMax = std::uint64_t{1} << 28;
constexpr std::uint32_t kHeadOctetsMax = 1u << 20;
constexpr std::uint8_t kContinuation = 0, kText = 1, kBinary = 2, kClose = 8, kPing = 9, kPong = 10;

bool same_name(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

struct RawClient::Parser {
  Parser() {
    parser.eager(true);
    parser.body_limit(kBodyOctetsMax);
    parser.header_limit(kHeadOctetsMax);
  }
  http::response_parser<http::string_body> parser;
};

RawClient::RawClient(Chooser& chooser, std::uint64_t entity) : chooser_(chooser), entity_(entity) {}
RawClient::~RawClient() = default;

std::string RawClient::head(std::string line, const HeaderList& defaults,
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

std::string RawClient::request(const UpgradeRequest& upgrade) {
  std::array<std::uint8_t, 16> nonce;
  for (std::uint8_t& octet : nonce) {
    octet = static_cast<std::uint8_t>(chooser_.choose(Choice::kHandshakeKey, entity_, 256));
  }
  HeaderList defaults = {{"Host", "torpor.test"},
                         {"Upgrade", "websocket"},
                         {"Connection", "Upgrade"},
                         {"Sec-WebSocket-Key", websocket::make_key(nonce)},
                         {"Sec-WebSocket-Version", "13"}};
  std::string offered;
  for (const std::string& protocol : upgrade.subprotocols)
    offered += (offered.empty() ? "" : ", ") + protocol;
  if (!offered.empty()) defaults.emplace_back("Sec-WebSocket-Protocol", offered);
  if (upgrade.extensions) defaults.emplace_back("Sec-WebSocket-Extensions", *upgrade.extensions);
  head_request_ = upgrade.method == "HEAD";
  return head(upgrade.method + " " + upgrade.target + " HTTP/" + upgrade.http + "\r\n", defaults,
              upgrade.headers);
}

std::string RawClient::request(const PlainRequest& plain) {
  HeaderList defaults = {{"Host", "torpor.test"}};
  if (!plain.body.empty() || plain.method == "POST" || plain.method == "PUT") {
    defaults.emplace_back("Content-Length", std::to_string(plain.body.size()));
  }
  head_request_ = plain.method == "HEAD";
  return head(plain.method + " " + plain.target + " HTTP/1.1\r\n", defaults, plain.headers) +
         plain.body;
}

std::uint32_t RawClient::mask_key() {
  return static_cast<std::uint32_t>(
      chooser_.choose(Choice::kMaskKey, entity_, std::uint64_t{1} << 32));
}

std::string RawClient::message(bool binary, std::string_view payload, bool compress) {
  websocket::FrameOptions options{.mask_key = mask_key()};
  const Opcode opcode = binary ? Opcode::kBinary : Opcode::kText;
  if (!compress || !deflate_) return websocket::make_frame(opcode, payload, options);
  if (!deflater_)
    deflater_ = std::make_unique<websocket::Deflater>(*deflate_, websocket::Role::kClient);
  options.rsv1 = true;
  return websocket::make_frame(opcode, deflater_->compress(payload), options);
}

std::string RawClient::frame(std::uint8_t opcode, std::string_view payload,
                             websocket::FrameOptions options, bool masked) {
  if (masked) options.mask_key = mask_key();
  return websocket::make_frame(opcode, payload, options);
}

std::string RawClient::ping(std::string_view payload) {
  return frame(kPing, payload, {}, true);
}
std::string RawClient::pong(std::string_view payload) {
  return frame(kPong, payload, {}, true);
}
std::string RawClient::close(std::string_view payload) {
  return frame(kClose, payload, {}, true);
}

std::vector<Seen> RawClient::received(std::string_view octets) {
  if (!open_) {
    buffer_ += octets;
    return parse_response();
  }
  std::vector<Seen> seen;
  frames_.feed(octets);
  parse_frames(seen);
  return seen;
}

std::vector<Seen> RawClient::parse_response() {
  std::vector<Seen> seen;
  while (!open_ && !buffer_.empty()) {
    if (!parser_) {
      parser_ = std::make_unique<Parser>();
      if (head_request_) parser_->parser.skip(true);
    }
    const bool in_head = !parser_->parser.is_header_done();
    boost::beast::error_code error;
    const std::size_t head_end = in_head ? buffer_.find("\r\n\r\n") : 0;
    if (in_head && head_end == std::string::npos) {
      if (buffer_.size() <= kHeadOctetsMax) return seen;
      seen.push_back({.kind = Seen::Kind::kMalformed, .reason = "a head without an end"});
      buffer_.clear();
      return seen;
    }
    if (in_head) head_octets_ = buffer_.substr(0, head_end + 4);
    const std::size_t used = parser_->parser.put(boost::asio::buffer(buffer_), error);
    buffer_.erase(0, used);
    if (error && error != http::error::need_more) {
      seen.push_back({.kind = Seen::Kind::kMalformed,
                      .octets = buffer_,
                      .reason = "not a response: " + error.message()});
      buffer_.clear();
      return seen;
    }
    if (!parser_->parser.is_done()) return seen;
    seen.push_back(finish_response());
  }
  if (open_ && !buffer_.empty()) {
    frames_.feed(std::exchange(buffer_, {}));
    parse_frames(seen);
  }
  return seen;
}

Seen RawClient::finish_response() {
  const auto message = parser_->parser.release();
  parser_.reset();
  Seen seen{.kind = Seen::Kind::kResponse, .octets = std::exchange(head_octets_, {})};
  seen.status = static_cast<int>(message.result_int());
  for (const auto& field : message) {
    seen.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
  }
  seen.body = message.body();
  if (seen.status != 101) return seen;
  seen.kind = Seen::Kind::kOpen;
  open_ = true;
  const auto extensions = message.find(http::field::sec_websocket_extensions);
  if (extensions != message.end())
    deflate_ = websocket::parse_response(std::string(extensions->value()));
  return seen;
}

std::vector<Seen> RawClient::ended() {
  std::vector<Seen> seen;
  if (parser_ && parser_->parser.is_header_done() && !parser_->parser.is_done()) {
    boost::beast::error_code error;
    parser_->parser.put_eof(error);
    if (!error) seen.push_back(finish_response());
  }
  return seen;
}

void RawClient::parse_frames(std::vector<Seen>& seen) {
  while (auto frame = frames_.next()) {
    if (auto event = take_frame(std::move(*frame))) seen.push_back(std::move(*event));
  }
}

std::optional<Seen> RawClient::take_frame(websocket::Frame frame) {
  const websocket::FrameHeader& header = frame.header;
  const auto malformed = [&](const char* reason) {
    return Seen{
        .kind = Seen::Kind::kMalformed, .octets = std::move(frame.payload), .reason = reason};
  };
  if (header.masked) return malformed("a masked frame from a server");
  if (header.rsv2 || header.rsv3) return malformed("RSV2 or RSV3 is set");
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
      break;
    default:
      return malformed("an unknown opcode");
  }
  message_ += frame.payload;
  mid_message_ = !header.fin;
  return mid_message_ ? std::nullopt : end_message();
}

std::optional<Seen> RawClient::end_message() {
  Seen seen{.kind = message_opcode_ == kText ? Seen::Kind::kText : Seen::Kind::kBinary};
  seen.compressed = message_compressed_;
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
    inflater_ = std::make_unique<websocket::Inflater>(*deflate_, websocket::Role::kServer);
  if (inflater_->decompress(message_, kInflatedOctetsMax, seen.octets)) {
    return Seen{.kind = Seen::Kind::kMalformed,
                .octets = std::move(message_),
                .reason = "data that cannot be inflated"};
  }
  return seen;
}

}  // namespace torpor::sim
