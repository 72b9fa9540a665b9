#include "sim/raw_client.h"

#include <array>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "core/websocket/extensions.h"
#include "core/websocket/handshake.h"

namespace torpor::sim {
namespace http = boost::beast::http;
namespace {

constexpr std::uint64_t kBodyOctetsMax = std::uint64_t{1} << 28;

}  // namespace

struct RawClient::Parser {
  Parser() {
    parser.eager(true);
    parser.body_limit(kBodyOctetsMax);
    parser.header_limit(kHeadOctetsMax);
  }
  http::response_parser<http::string_body> parser;
};

RawClient::RawClient(Chooser& chooser, std::uint64_t entity)
    : RawPeer(chooser, entity, websocket::Role::kClient) {}
RawClient::~RawClient() = default;

std::string RawClient::request(const UpgradeRequest& upgrade) {
  std::array<std::uint8_t, 16> nonce;
  for (std::uint8_t& octet : nonce) {
    octet = static_cast<std::uint8_t>(chooser().choose(Choice::kHandshakeKey, entity(), 256));
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
  return make_head(upgrade.method + " " + upgrade.target + " HTTP/" + upgrade.http + "\r\n",
                   defaults, upgrade.headers);
}

std::string RawClient::request(const PlainRequest& plain) {
  HeaderList defaults = {{"Host", "torpor.test"}};
  if (!plain.body.empty() || plain.method == "POST" || plain.method == "PUT") {
    defaults.emplace_back("Content-Length", std::to_string(plain.body.size()));
  }
  head_request_ = plain.method == "HEAD";
  return make_head(plain.method + " " + plain.target + " HTTP/1.1\r\n", defaults, plain.headers) +
         plain.body;
}

std::vector<Seen> RawClient::read_http(std::string& buffer) {
  std::vector<Seen> seen;
  while (!open() && !buffer.empty()) {
    if (!parser_) {
      parser_ = std::make_unique<Parser>();
      if (head_request_) parser_->parser.skip(true);
    }
    const bool in_head = !parser_->parser.is_header_done();
    boost::beast::error_code error;
    const std::size_t head_end = in_head ? buffer.find("\r\n\r\n") : 0;
    if (in_head && head_end == std::string::npos) {
      if (buffer.size() <= kHeadOctetsMax) return seen;
      seen.push_back({.kind = Seen::Kind::kMalformed, .reason = "a head without an end"});
      buffer.clear();
      return seen;
    }
    if (in_head) head_octets_ = buffer.substr(0, head_end + 4);
    const std::size_t used = parser_->parser.put(boost::asio::buffer(buffer), error);
    buffer.erase(0, used);
    if (error && error != http::error::need_more) {
      seen.push_back({.kind = Seen::Kind::kMalformed,
                      .octets = buffer,
                      .reason = "not a response: " + error.message()});
      buffer.clear();
      return seen;
    }
    if (!parser_->parser.is_done()) return seen;
    seen.push_back(finish_response());
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
  const auto extensions = message.find(http::field::sec_websocket_extensions);
  start(extensions == message.end() ? std::nullopt
                                    : websocket::parse_response(std::string(extensions->value())));
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

}  // namespace torpor::sim
