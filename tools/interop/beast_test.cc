// Boost.Beast's websocket::stream talks to `torpor serve`.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <string_view>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "tools/interop/beast_client.h"

namespace torpor::interop {
namespace {

namespace asio = boost::asio;
namespace websocket = boost::beast::websocket;
using testing::ElementsAre;
using testing::Pair;

// Both sides of the two borders of the frame header, and what takes several TCP segments.
constexpr std::size_t kLengths[] = {0, 1, 125, 126, 65535, 65536, 1 << 20};

// Letters that neither repeat in a short cycle nor leave ASCII.
std::string letters(std::size_t count) {
  std::string out(count, ' ');
  for (std::size_t i = 0; i < count; ++i) out[i] = static_cast<char>('!' + (i * i / 7 + i) % 90);
  return out;
}

websocket::permessage_deflate deflate(bool server_takeover, bool client_takeover) {
  websocket::permessage_deflate option;
  option.client_enable = true;
  option.server_no_context_takeover = !server_takeover;
  option.client_no_context_takeover = !client_takeover;
  return option;
}

// Code and reason of the last Close frame that came; a frame without a code is 0.
std::pair<int, std::string> close_seen_by(Client& client) {
  return {client.stream().reason().code, client.stream().reason().reason.c_str()};
}

std::tuple<int, std::string, bool> close_seen_by_object(const Serve& serve,
                                                        const std::string& object) {
  const Json entry = serve.logged(object, "close");
  return {entry.at("code"), entry.at("reason"), entry.at("wasClean")};
}

// Both ways for an object to hold a socket.
class Beast : public testing::TestWithParam<const char*> {
 protected:
  void echoes() {
    for (const std::size_t length : kLengths) {
      const std::string octets = letters(length);
      for (const bool text : {true, false}) {
        client_.write(octets, text);
        EXPECT_EQ(client_.read(), (Received{octets, text})) << length;
      }
    }
  }

  Client client_;
};

INSTANTIATE_TEST_SUITE_P(Api, Beast, testing::Values("hibernation", "standard"),
                         [](const auto& each) { return std::string(each.param); });

TEST_P(Beast, EchoesEveryLength) {
  Serve serve;
  EXPECT_EQ(client_.open(serve, serve.object(GetParam())), "");
  echoes();
}

TEST_P(Beast, EchoesEveryLengthCompressed) {
  Serve serve;
  client_.stream().set_option(deflate(true, true));
  EXPECT_EQ(client_.open(serve, serve.object(GetParam())),
            "permessage-deflate; client_max_window_bits=15; server_max_window_bits=15");
  echoes();
}

TEST_P(Beast, EchoesEveryLengthCompressedWithoutContextTakeover) {
  Serve serve;
  client_.stream().set_option(deflate(false, false));
  EXPECT_EQ(client_.open(serve, serve.object(GetParam())),
            "permessage-deflate; client_no_context_takeover; server_no_context_takeover; "
            "client_max_window_bits=15; server_max_window_bits=15");
  echoes();
}

TEST_P(Beast, AgreesOnNoCompressionBeforeItsDate) {
  Serve serve({"--compatibility-date", "2023-08-14"});
  client_.stream().set_option(deflate(true, true));
  EXPECT_EQ(client_.open(serve, serve.object(GetParam())), "");
  echoes();
}

TEST_P(Beast, SendsAMessageInFragments) {
  for (const bool compressed : {false, true}) {
    Serve serve;
    const std::string object = serve.object(GetParam());
    Client client;
    if (compressed) client.stream().set_option(deflate(true, true));
    client.open(serve, object);
    client.stream().auto_fragment(true);
    client.stream().write_buffer_bytes(64);
    const std::string octets = letters(10'000);
    client.write(octets);
    EXPECT_EQ(client.read(), (Received{octets, true}));
    client.stream().write_some(false, asio::buffer("one, ", 5));
    client.stream().ping("between");
    client.stream().write_some(true, asio::buffer("two", 3));
    EXPECT_EQ(client.read(), (Received{"one, two", true}));
  }
}

TEST_P(Beast, ItsPingsAreAnsweredWithTheirOctets) {
  Serve serve;
  const std::string object = serve.object(GetParam());
  std::vector<std::pair<websocket::frame_type, std::string>> controls;
  client_.stream().control_callback([&](websocket::frame_type type, std::string_view octets) {
    controls.emplace_back(type, octets);
  });
  client_.open(serve, object);
  const std::string longest(125, 'p');
  // A message after each: of several pings in one segment only the last need be answered.
  for (const std::string& octets : {std::string(), std::string("\x00\xff", 2), longest}) {
    client_.stream().ping({octets.data(), octets.size()});
    client_.write("after");
    EXPECT_EQ(client_.read(), (Received{"after", true}));
  }
  client_.stream().pong("unasked");
  client_.write("after");
  EXPECT_EQ(client_.read(), (Received{"after", true}));
  const auto pong = websocket::frame_type::pong;
  EXPECT_THAT(controls, ElementsAre(Pair(pong, ""), Pair(pong, std::string("\x00\xff", 2)),
                                    Pair(pong, longest)));
}

TEST_P(Beast, ClosesWithACodeAndAReason) {
  Serve serve;
  const std::string object = serve.object(GetParam());
  client_.open(serve, object);
  client_.stream().close({static_cast<websocket::close_code>(4999), "enough – 再见"});
  EXPECT_EQ(close_seen_by(client_), std::pair(4999, std::string("enough – 再见")));
  EXPECT_EQ(close_seen_by_object(serve, object), std::tuple(4999, "enough – 再见", true));
}

TEST_P(Beast, ClosesWithoutACode) {
  Serve serve;
  const std::string object = serve.object(GetParam());
  client_.open(serve, object);
  client_.stream().close(websocket::close_code::none);
  EXPECT_EQ(close_seen_by(client_), std::pair(0, std::string()));
  EXPECT_EQ(close_seen_by_object(serve, object), std::tuple(1005, "", true));
}

TEST_P(Beast, IsClosedWithACodeAndAReason) {
  Serve serve;
  const std::string object = serve.object(GetParam());
  client_.open(serve, object);
  client_.write("close with a code");
  EXPECT_EQ(client_.read_to_the_end(), websocket::error::closed);
  EXPECT_EQ(close_seen_by(client_), std::pair(4321, std::string("that was all – 再见")));
  // Beast answers with the code alone.
  EXPECT_EQ(close_seen_by_object(serve, object), std::tuple(4321, "", true));
}

TEST_P(Beast, IsClosedWithoutACode) {
  Serve serve;
  const std::string object = serve.object(GetParam());
  client_.open(serve, object);
  client_.write("close without a code");
  EXPECT_EQ(client_.read_to_the_end(), websocket::error::closed);
  EXPECT_EQ(close_seen_by(client_), std::pair(0, std::string()));
  // Beast answers 1000 when there was no code.
  EXPECT_EQ(close_seen_by_object(serve, object), std::tuple(1000, "", true));
}

TEST_P(Beast, SeesTheEndOfACommandThatASignalStops) {
  for (const int signal : {SIGTERM, SIGINT}) {
    Serve serve;
    Client client;
    client.open(serve, serve.object(GetParam()));
    boost::beast::error_code end;
    std::thread reader([&] {
      end = client.read_to_the_end();
      client.stream().next_layer().close();
    });
    EXPECT_EQ(serve.exit_after(signal), 0);
    reader.join();
    EXPECT_EQ(end, asio::error::eof);
  }
}

TEST(BeastClose, SeesWhatTheObjectAnswers) {
  Serve serve;
  Client client;
  client.open(serve, serve.object("answers otherwise"));
  client.stream().close({static_cast<websocket::close_code>(4000), "mine"});
  EXPECT_EQ(close_seen_by(client), std::pair(4100, std::string("by hand")));
}

}  // namespace
}  // namespace torpor::interop
