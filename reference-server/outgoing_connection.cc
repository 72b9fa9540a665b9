#include "reference-server/outgoing_connection.h"

#include <array>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <utility>

#include "core/mutants.h"
#include "core/websocket/extensions.h"
#include "core/websocket/handshake.h"
#include "reference-server/http_message.h"

namespace torpor::server {

using mutants::Mutant;
using mutants::planted;

namespace http = boost::beast::http;
namespace {

constexpr int kBadGateway = 502;  // what workerd makes of an answer that breaks the protocol

}  // namespace

struct OutgoingConnection::Parser {
  Parser() { parser.header_limit(kHeaderOctetsMax); }
  http::response_parser<http::empty_body> parser;
};

OutgoingConnection::OutgoingConnection(ConnectionId id, Gateway& gateway, object::Object& object,
                                       std::shared_ptr<object::SocketEnd> end,
                                       object::ConnectRequest request)
    : id_(id),
      gateway_(gateway),
      object_(object),
      end_(std::move(end)),
      request_(std::move(request)),
      parser_(std::make_unique<Parser>()) {}

OutgoingConnection::~OutgoingConnection() = default;

void OutgoingConnection::write(std::string octets) {
  if (!over_ && !reset_) gateway_.transport().write(id_, std::move(octets));
}

void OutgoingConnection::close() {
  if (!over_ && !reset_) gateway_.transport().close(id_);
  over_ = true;
}

void OutgoingConnection::cut() {
  if (!over_ && !reset_) gateway_.transport().cut(id_);
  over_ = true;
}

std::uint32_t OutgoingConnection::mask_key() {
  return gateway_.transport().random_bits(id_);
}

std::string OutgoingConnection::request_head() {
  std::array<std::uint8_t, 16> nonce;
  for (std::size_t i = 0; i < nonce.size(); i += 4) {
    const std::uint32_t bits = mask_key();
    for (std::size_t j = 0; j < 4; ++j) nonce[i + j] = static_cast<std::uint8_t>(bits >> (8 * j));
  }
  key_ = websocket::make_key(nonce);
  std::string head = "GET " + request_.url.target +
                     " HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                     "Sec-WebSocket-Key: " +
                     key_ + "\r\nSec-WebSocket-Version: 13\r\n";
  if (request_.offers_compression)
    head += "Sec-WebSocket-Extensions: " + websocket::build_offer() + "\r\n";
  head += "Host: " + request_.url.authority + "\r\n";
  for (const auto& [name, value] : request_.headers) head += name + ": " + value + "\r\n";
  return head + "\r\n";
}

void OutgoingConnection::connected() {
  if (!over_) write(request_head());
}

void OutgoingConnection::connect_failed() {
  reset_ = true;
  fail(0);
}

void OutgoingConnection::received(std::string_view octets) {
  if (over_) return;
  socket_ ? socket_->received(octets) : read_answer(octets);
}

void OutgoingConnection::peer_finished() {
  if (socket_) return socket_->peer_finished();
  fail(0);
}

void OutgoingConnection::peer_reset() {
  reset_ = true;
  if (socket_) return socket_->peer_reset();
  fail(0);
}

void OutgoingConnection::written(std::size_t unsent) {
  if (socket_) socket_->written(unsent);
}

void OutgoingConnection::give_up() {
  told_ = true;
  close();
}

void OutgoingConnection::fail(int status) {
  close();
  if (!std::exchange(told_, true)) object_.connected(*end_, {.status = status});
}

void OutgoingConnection::read_answer(std::string_view octets) {
  unread_ += octets;
  boost::beast::error_code error;
  const std::size_t used = parser_->parser.put(boost::asio::buffer(unread_), error);
  unread_.erase(0, used);
  if (error && error != http::error::need_more) return fail(0);
  if (parser_->parser.is_header_done()) take_answer();
}

// What of the answer to a handshake workerd looks at: status, Upgrade, the accept key, extensions.
void OutgoingConnection::take_answer() {
  const auto& answer = parser_->parser.get();
  const int status = answer.result_int();
  if (status != 101) return fail(status);
  const auto value = [&](http::field name) -> std::optional<std::string> {
    const auto found = answer.find(name);
    if (found == answer.end()) return std::nullopt;
    return std::string(found->value());
  };
  object::ConnectResult result{.status = status};
  result.protocol = value(http::field::sec_websocket_protocol);
  result.extensions = value(http::field::sec_websocket_extensions);
  const auto deflate = result.extensions && request_.offers_compression
                           ? websocket::parse_response(*result.extensions)
                           : std::nullopt;
  const bool good =
      object::equal_ignoring_case(value(http::field::upgrade).value_or(""), "websocket") &&
      (value(http::field::sec_websocket_accept) == websocket::accept_key(key_) ||
       planted(Mutant::kAcceptKeyUnchecked)) &&
      (deflate.has_value() == result.extensions.has_value() ||
       planted(Mutant::kUnofferedExtensionTaken));
  if (!good) return fail(kBadGateway);
  socket_ = std::make_unique<WireSocket>(
      *this, end_, WireSocket::Options{websocket::Role::kClient, deflate, gateway_.parameters()});
  socket_->feed(std::exchange(unread_, {}));
  parser_.reset();
  told_ = true;
  result.link = socket_.get();
  object_.connected(*end_, std::move(result));
}

}  // namespace torpor::server
