#include "sim/raw_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/websocket/deflate.h"
#include "core/websocket/opcode.h"
#include "sim/oracle.h"

namespace torpor::sim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

const std::string kSwitching = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n";

class RawClientTest : public testing::Test {
 protected:
  // "text a", "pong b", ... of what is reported when the octets come in pieces of `piece`.
  std::vector<std::string> seen(const std::string& octets, std::size_t piece = 1) {
    static const char* const kNames[] = {"open", "response", "text",  "binary",
                                         "ping", "pong",     "close", "malformed"};
    std::vector<std::string> all;
    for (std::size_t at = 0; at < octets.size(); at += piece) {
      for (const Seen& one : client_->received(octets.substr(at, piece))) {
        const std::string name = kNames[static_cast<int>(one.kind)];
        const bool http = one.kind == Seen::Kind::kOpen || one.kind == Seen::Kind::kResponse;
        all.push_back(name + " " + (http ? std::to_string(one.status) + one.body : one.octets));
      }
    }
    return all;
  }
  static std::string frame(websocket::Opcode opcode, std::string_view payload, bool fin = true) {
    return websocket::make_frame(opcode, payload, {.fin = fin});
  }

  Oracle oracle_ = Oracle::calm(1);
  std::optional<RawClient> client_{std::in_place, oracle_, 1};
};

TEST_F(RawClientTest, AnUpgradeHasTheDefaultHeadersUnlessTheyAreReplacedOrLeftOut) {
  EXPECT_THAT(client_->request(UpgradeRequest{.target = "/x"}),
              testing::AllOf(StartsWith("GET /x HTTP/1.1\r\nHost: torpor.test\r\n"),
                             HasSubstr("\r\nSec-WebSocket-Version: 13\r\n")));
  const std::string changed = client_->request(UpgradeRequest{
      .target = "/x",
      .headers = {{"sec-websocket-version", "12"}, {"Upgrade", std::nullopt}, {"X-Own", "y"}},
      .subprotocols = {"a", "b"}});
  EXPECT_THAT(changed,
              testing::AllOf(HasSubstr("sec-websocket-version: 12\r\n"), HasSubstr("X-Own: y\r\n"),
                             HasSubstr("Sec-WebSocket-Protocol: a, b\r\n"),
                             Not(HasSubstr("Upgrade: websocket")), Not(HasSubstr("13"))));
}

TEST_F(RawClientTest, FramesBehindTheResponseAreReadHoweverTheyAreCut) {
  const std::string octets =
      kSwitching + frame(websocket::Opcode::kText, "one") +
      frame(websocket::Opcode::kText, "t", false) + frame(websocket::Opcode::kPing, "p") +
      frame(websocket::Opcode::kContinuation, "wo") + frame(websocket::Opcode::kClose, "\x03\xe8");
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, octets.size()}) {
    client_.emplace(oracle_, 1);
    EXPECT_THAT(seen(octets, piece),
                ElementsAre("open 101", "text one", "ping p", "text two", "close \x03\xe8"))
        << piece;
  }
}

TEST_F(RawClientTest, CountsTheFramesOfAMessage) {
  seen(kSwitching);
  const std::vector<Seen> messages = client_->received(
      frame(websocket::Opcode::kText, "a", false) + frame(websocket::Opcode::kContinuation, "b") +
      frame(websocket::Opcode::kText, "c"));
  ASSERT_EQ(messages.size(), 2U);
  EXPECT_EQ(messages[0].frames, 2U);
  EXPECT_EQ(messages[1].frames, 1U);
}

TEST_F(RawClientTest, EachMessageIsMaskedWithAKeyOfTheChooser) {
  seen(kSwitching);
  Oracle other = Oracle::from_seed(2);
  RawClient stranger(other, 1);
  const std::string mine = client_->message(false, "same", false);
  EXPECT_EQ(mine.size(), 2U + 4U + 4U);
  EXPECT_EQ(static_cast<unsigned char>(mine[1]), 0x80 | 4);
  EXPECT_NE(mine, stranger.message(false, "same", false));
}

TEST_F(RawClientTest, CompressesOnlyWhatWasNegotiated) {
  EXPECT_EQ(static_cast<unsigned char>(client_->message(false, "text", true)[0]), 0x81);
  seen("HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n");
  EXPECT_EQ(static_cast<unsigned char>(client_->message(false, "text", true)[0]), 0xC1);
}

TEST_F(RawClientTest, APlainAnswerIsToldWithItsBody) {
  EXPECT_THAT(seen("HTTP/1.1 426 Upgrade Required\r\nContent-Length: 2\r\n\r\nno"),
              ElementsAre("response 426no"));
}

TEST_F(RawClientTest, ABodyWithoutALengthEndsWithTheConnection) {
  EXPECT_THAT(seen("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nall"), IsEmpty());
  const std::vector<Seen> at_end = client_->ended();
  ASSERT_EQ(at_end.size(), 1U);
  EXPECT_EQ(at_end[0].body, "all");
}

TEST_F(RawClientTest, TellsWhatIsMalformed) {
  EXPECT_THAT(seen("SSH-2.0-x\r\n\r\n"), ElementsAre(StartsWith("malformed")));
  client_.emplace(oracle_, 1);
  EXPECT_THAT(seen(std::string(1 << 21, 'x'), 1 << 16), Not(IsEmpty())) << "a head without an end";
}

TEST_F(RawClientTest, AServersFramesAreNotMaskedAndInOrder) {
  seen(kSwitching);
  const auto malformed = testing::Each(StartsWith("malformed"));
  EXPECT_THAT(seen(websocket::make_frame(websocket::Opcode::kText, "x", {.mask_key = 1})),
              malformed);
  EXPECT_THAT(seen(frame(websocket::Opcode::kContinuation, "x")), malformed);
  EXPECT_THAT(seen(websocket::make_frame(websocket::Opcode::kText, "x", {.rsv2 = true})),
              malformed);
  EXPECT_THAT(seen(websocket::make_frame(websocket::Opcode::kText, "x", {.rsv1 = true})),
              malformed);
  EXPECT_THAT(seen(websocket::make_frame(websocket::Opcode::kText, "x",
                                         {.length_form = websocket::LengthForm::k16})),
              malformed);
}

}  // namespace
}  // namespace torpor::sim
