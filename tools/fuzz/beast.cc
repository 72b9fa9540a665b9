// A client's octets, read by the codec under the strict policy and by Boost.Beast, which knows
// nothing of it: both deliver the same messages, control frames and Close, and refuse the same
// octets.
#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/beast/_experimental/test/stream.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/zlib/error.hpp>
#include <string>
#include <variant>
#include <vector>

#include "core/websocket/reader.h"
#include "tools/fuzz/input.h"

namespace torpor::fuzz {
namespace {

namespace beast = boost::beast;

constexpr std::size_t kMessageOctetsMax = 4096;

// What was read: "text …", "binary …", "ping …", "pong …", "close CODE …"; and whether the rest was
// refused.
struct Read {
  std::vector<std::string> events;
  bool refused = false;
};

Read by_torpor(std::string_view octets, bool compressed) {
  websocket::Reader::Options options;
  options.policy = websocket::Policy::rfc6455();
  options.message_bytes_max = kMessageOctetsMax;
  if (compressed) options.deflate = websocket::DeflateParameters{};
  websocket::Reader reader(options);
  reader.feed(octets);
  Read read;
  while (auto event = reader.next()) {
    if (const auto* text = std::get_if<websocket::TextMessage>(&*event)) {
      read.events.push_back("text " + text->payload);
    } else if (const auto* binary = std::get_if<websocket::BinaryMessage>(&*event)) {
      read.events.push_back("binary " + binary->payload);
    } else if (const auto* ping = std::get_if<websocket::Ping>(&*event)) {
      read.events.push_back("ping " + ping->payload);
    } else if (const auto* pong = std::get_if<websocket::Pong>(&*event)) {
      read.events.push_back("pong " + pong->payload);
    } else if (const auto* close = std::get_if<websocket::CloseReceived>(&*event)) {
      read.events.push_back("close " + std::to_string(close->code.value_or(1005)) + " " +
                            close->reason);
    } else {
      read.refused = true;
    }
  }
  return read;
}

Read by_beast(std::string_view octets, bool compressed) {
  boost::asio::io_context context;
  beast::test::stream client(context);
  beast::websocket::stream<beast::test::stream> socket(context);
  socket.next_layer().connect(client);
  beast::websocket::permessage_deflate deflate;
  deflate.server_enable = compressed;
  socket.set_option(deflate);
  socket.read_message_max(kMessageOctetsMax);
  socket.next_layer().append(
      std::string("GET / HTTP/1.1\r\nHost: t\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n") +
      (compressed ? "Sec-WebSocket-Extensions: permessage-deflate\r\n" : "") + "\r\n");
  beast::error_code error;
  socket.accept(error);
  require(!error, "Beast accepts the handshake");
  Read read;
  socket.control_callback([&](beast::websocket::frame_type type, beast::string_view payload) {
    if (type == beast::websocket::frame_type::ping)
      read.events.push_back("ping " + std::string(payload));
    if (type == beast::websocket::frame_type::pong)
      read.events.push_back("pong " + std::string(payload));
  });
  socket.next_layer().append(octets);
  client.close();
  while (true) {
    beast::flat_buffer buffer;
    socket.read(buffer, error);
    if (error) break;
    read.events.push_back((socket.got_text() ? "text " : "binary ") +
                          beast::buffers_to_string(buffer.data()));
  }
  if (error == beast::websocket::error::closed) {
    // Beast has no code for a Close without one.
    const auto code =
        socket.reason().code == beast::websocket::close_code::none ? 1005 : socket.reason().code;
    // Codes from 5000 on do not exist (RFC 6455 7.4.2); Beast takes them.
    read.refused = code >= 5000;
    if (read.refused) return read;
    read.events.push_back("close " + std::to_string(code) + " " +
                          std::string(socket.reason().reason.c_str()));
  } else {
    const auto& category = error.category();
    read.refused = category == make_error_code(beast::websocket::error::bad_opcode).category() ||
                   category == make_error_code(beast::zlib::error::need_buffers).category();
  }
  return read;
}

std::vector<std::string> first_of(std::vector<std::string> events, std::size_t count) {
  events.resize(std::min(count, events.size()));
  return events;
}

void tell(const char* who, const Read& read) {
  for (const std::string& event : read.events) std::fprintf(stderr, "%s  %s\n", who, event.c_str());
  std::fprintf(stderr, "%s  %s\n", who, read.refused ? "refuses" : "waits or has ended");
}

}  // namespace

void run_one(Input input) {
  const bool compressed = input.flag();
  const Read ours = by_torpor(input.rest(), compressed);
  const Read theirs = by_beast(input.rest(), compressed);
  // Compressed, each refuses some octets that the other takes or still waits behind: Beast inflates
  // them as they come, the codec whole messages, and of a message that ends in the middle of a
  // block, or is too large, each has its own opinion.
  const bool one_refuses = compressed && (ours.refused || theirs.refused);
  const std::size_t common =
      one_refuses ? std::min(ours.events.size(), theirs.events.size()) : std::string::npos;
  const bool alike = first_of(ours.events, common) == first_of(theirs.events, common) &&
                     (one_refuses || ours.refused == theirs.refused);
  if (!alike) {
    tell("torpor", ours);
    tell("beast", theirs);
  }
  require(alike, "both deliver and refuse the same");
}

}  // namespace torpor::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  torpor::fuzz::run_one({data, size});
  return 0;
}
