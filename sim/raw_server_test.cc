#include "sim/raw_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/websocket/handshake.h"
#include "core/websocket/opcode.h"
#include "sim/oracle.h"
#include "sim/raw_client.h"

namespace torpor::sim {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

class RawServerTest : public testing::Test {
 protected:
  // The server after a request of `client`, and what it saw.
  std::vector<Seen> ask() {
    return server_.received(client_.request(UpgradeRequest{.target = "/x"}));
  }
  void open(const Answer& answer = {}) {
    ask();
    client_.received(server_.answer(answer));
  }

  Oracle oracle_ = Oracle::calm(1);
  RawClient client_{oracle_, 1};
  RawServer server_{oracle_, 2};
};

TEST_F(RawServerTest, TellsOfARequestOnceItIsComplete) {
  const std::string request = client_.request(UpgradeRequest{.target = "/x"});
  EXPECT_THAT(server_.received(request.substr(0, request.size() - 1)), IsEmpty());
  EXPECT_FALSE(server_.asked());
  const std::vector<Seen> seen = server_.received(request.substr(request.size() - 1));
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_EQ(seen[0].kind, Seen::Kind::kRequest);
  EXPECT_EQ(seen[0].method, "GET");
  EXPECT_EQ(seen[0].target, "/x");
  EXPECT_THAT(seen[0].headers,
              testing::Contains(std::pair<std::string, std::string>("Upgrade", "websocket")));
  EXPECT_TRUE(server_.asked());
}

TEST_F(RawServerTest, A101HasTheRightAcceptKeyUnlessItIsReplaced) {
  ask();
  EXPECT_THAT(server_.answer({}), testing::AllOf(StartsWith("HTTP/1.1 101 Switching Protocols\r\n"),
                                                 HasSubstr("Sec-WebSocket-Accept: ")));
  EXPECT_THAT(server_.answer({.headers = {{"sec-websocket-accept", std::nullopt}}}),
              Not(HasSubstr("ccept")));
}

TEST_F(RawServerTest, AnythingElseHasALengthAndLeavesRoomForAnotherRequest) {
  ask();
  EXPECT_EQ(server_.answer({.status = 403, .body = "no"}),
            "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
  EXPECT_FALSE(server_.open());
  EXPECT_EQ(ask().size(), 1U);
}

TEST_F(RawServerTest, TalksWithAClientAndDoesNotMask) {
  open();
  const std::string octets = server_.message(false, "hello", true);
  EXPECT_EQ(static_cast<unsigned char>(octets[1]), 5);
  EXPECT_EQ(client_.received(octets).at(0).octets, "hello");
  EXPECT_EQ(server_.received(client_.message(false, "back", true)).at(0).octets, "back");
  EXPECT_EQ(static_cast<unsigned char>(server_.frame(1, "x", {}, true)[1]), 0x81);
}

TEST_F(RawServerTest, AnUnmaskedFrameFromAClientIsMalformed) {
  open();
  const auto seen = server_.received(websocket::make_frame(websocket::Opcode::kText, "x"));
  EXPECT_EQ(seen.at(0).kind, Seen::Kind::kMalformed);
}

TEST_F(RawServerTest, CompressesWhatItsAnswerSays) {
  open({.headers = {{"Sec-WebSocket-Extensions", "permessage-deflate"}}});
  const Seen told = client_.received(server_.message(false, "aaaaaaaaaaaa", true)).at(0);
  EXPECT_TRUE(told.compressed);
  EXPECT_EQ(told.octets, "aaaaaaaaaaaa");
  EXPECT_EQ(server_.received(client_.message(false, "bbbb", true)).at(0).octets, "bbbb");
}

TEST_F(RawServerTest, FramesThatCameBeforeTheAnswerAreSeenAfterIt) {
  const std::string frame =
      websocket::make_frame(websocket::Opcode::kText, "early", {.mask_key = 7});
  server_.received(client_.request(UpgradeRequest{.target = "/x"}) + frame);
  server_.answer({});
  EXPECT_EQ(server_.received("").at(0).octets, "early");
}

TEST_F(RawServerTest, WhatIsNoRequestIsMalformed) {
  EXPECT_EQ(server_.received("nonsense\r\n\r\n").at(0).kind, Seen::Kind::kMalformed);
}

}  // namespace
}  // namespace torpor::sim
