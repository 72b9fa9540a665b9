// Outgoing sockets, seen from the remote's side of their octets and in the fixture's log.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/websocket/frame.h"
#include "core/websocket/frame_reader.h"
#include "core/websocket/handshake.h"
#include "core/websocket/opcode.h"
#include "reference-server/fixture/fixture_app.h"
#include "reference-server/loopback.h"

namespace torpor::server {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class OutgoingTest : public testing::Test {
 protected:
  OutgoingTest() {
    const Json opens = {{{"op", "newWebSocket"}, {"remote", "r"}, {"path", "/x"}}};
    const Json send = {{{"op", "send"}, {"data", "hello"}}};
    const Json program = {{"fetch", {{"x", opens}, {"*", Json::array()}}},
                          {"open", send},
                          {"close", Json::array()},
                          {"error", Json::array()}};
    loop_.request("PUT", "/torpor/1/objects/o/program?remote=r@host.test:99", program.dump());
    loop_.request("GET", "/object/o/x");
  }

  static ServerOptions options() {
    ServerOptions made;
    made.flags = std::get<compat::Flags>(compat::resolve_flags("2026-11-01", {}));
    made.app = fixture::make_fixture_app({"2026-11-01"});
    return made;
  }

  ConnectionId id() const { return loop_.dialled.at(0).remote->id; }
  std::string& sent() { return loop_.dialled.at(0).remote->received; }
  bool ended() const { return loop_.dialled.at(0).remote->ended; }
  std::string key() {
    const auto at = sent().find("Sec-WebSocket-Key: ") + 19;
    return sent().substr(at, sent().find("\r\n", at) - at);
  }
  void answer(const std::string& accept) {
    sent().clear();
    loop_.server.received(id(),
                          "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                          "Sec-WebSocket-Accept: " +
                              accept + "\r\n\r\n",
                          loop_.now);
  }
  // The names of the events in the log, after the constructor and the request.
  std::vector<std::string> events() {
    std::vector<std::string> names;
    const Json log = loop_.log("o");
    for (std::size_t i = 2; i < log.size(); ++i) names.push_back(log[i].value("event", "op"));
    return names;
  }

  Loopback loop_{options()};
};

TEST_F(OutgoingTest, TheServerConnectsAndThenAsksForAnUpgrade) {
  ASSERT_EQ(loop_.dialled.size(), 1U);
  EXPECT_EQ(loop_.dialled[0].address, "host.test:99");
  EXPECT_EQ(sent(), "");
  loop_.server.connected(id(), loop_.now);
  EXPECT_THAT(sent(), StartsWith("GET /x HTTP/1.1\r\n"));
  EXPECT_THAT(sent(), HasSubstr("\r\nHost: host.test:99\r\n"));
  EXPECT_EQ(key().size(), 24U);
}

TEST_F(OutgoingTest, Out03ItOpensOnA101AndMasksWhatItSends) {
  loop_.server.connected(id(), loop_.now);
  answer(websocket::accept_key(key()));
  EXPECT_THAT(events(), testing::ElementsAre("open"));
  websocket::FrameReader frames;
  frames.feed(sent());
  const auto frame = frames.next();
  ASSERT_TRUE(frame);
  EXPECT_TRUE(frame->header.masked);
  EXPECT_EQ(frame->payload, "hello");
}

TEST_F(OutgoingTest, Out05AnAcceptKeyOfAnotherFails) {
  loop_.server.connected(id(), loop_.now);
  answer(websocket::accept_key("another"));
  EXPECT_THAT(events(), testing::ElementsAre("error", "close"));
  EXPECT_TRUE(ended());
}

TEST_F(OutgoingTest, Out05WhoCannotBeReachedFailsOnce) {
  loop_.server.connect_failed(id(), loop_.now);
  loop_.server.peer_reset(id(), loop_.now);
  EXPECT_THAT(events(), testing::ElementsAre("error", "close"));
}

TEST_F(OutgoingTest, Out05AHeadWithoutAnEndFails) {
  loop_.server.connected(id(), loop_.now);
  for (int i = 0; i < 300; ++i)
    loop_.server.received(id(), "HTTP/1.1 101 " + std::string(1000, 'x'), loop_.now);
  EXPECT_THAT(events(), testing::ElementsAre("error", "close"));
  EXPECT_TRUE(ended());
}

TEST_F(OutgoingTest, Out08OnlyAConnectionThatIsGoneLetsTheObjectGo) {
  loop_.advance(milliseconds(60'000));
  const auto& asked = loop_.begin_request("POST", "/torpor/1/objects/o/evict");
  loop_.advance(milliseconds(4'999));
  EXPECT_EQ(asked.received, "");
  loop_.server.connect_failed(id(), loop_.now);
  loop_.advance(milliseconds(0));
  EXPECT_THAT(asked.received, StartsWith("HTTP/1.1 204"));
}

TEST_F(OutgoingTest, Hib34AnEvictionThatIsAskedForIsGivenUpAfterFiveSeconds) {
  const auto& asked = loop_.begin_request("POST", "/torpor/1/objects/o/evict");
  loop_.advance(milliseconds(5'000));
  EXPECT_THAT(asked.received, StartsWith("HTTP/1.1 409"));
  loop_.server.connect_failed(id(), loop_.now);
  EXPECT_THAT(loop_.request("POST", "/torpor/1/objects/o/evict"), StartsWith("HTTP/1.1 204"))
      << "it was in memory still";
}

TEST_F(OutgoingTest, Hib34AnObjectThatIsResetMeanwhileIsNotEvicted) {
  const auto& asked = loop_.begin_request("POST", "/torpor/1/objects/o/evict");
  loop_.server.deploy(loop_.now);
  loop_.request("GET", "/object/o/another");
  loop_.advance(milliseconds(4'000));
  EXPECT_EQ(asked.received, "");
  loop_.advance(milliseconds(1'000));
  EXPECT_THAT(asked.received, StartsWith("HTTP/1.1 409"));
}

TEST_F(OutgoingTest, ADeployGivesTheConnectionUpBeforeAndAfterItIsOpen) {
  loop_.server.connected(id(), loop_.now);
  loop_.server.deploy(loop_.now);
  EXPECT_TRUE(ended());
  answer(websocket::accept_key(key()));
  EXPECT_TRUE(events().empty()) << "an answer that comes later is for nobody";
}

TEST_F(OutgoingTest, ACrashEndsIt) {
  loop_.server.connected(id(), loop_.now);
  answer(websocket::accept_key(key()));
  loop_.request("POST", "/torpor/1/crash");
  EXPECT_TRUE(ended());
}

// There is no TLS: the failure is known at once, even to code that holds every other event back.
TEST_F(OutgoingTest, Out07AFetchThatLeadsNowhereFailsInsideBlockConcurrencyWhile) {
  const Json fetch = {{"op", "fetchWebSocket"}, {"url", "https://127.0.0.1/"}};
  loop_.load("b", {{"fetch", {{{"op", "blockConcurrencyWhile"}, {"ops", Json::array({fetch})}}}}});
  EXPECT_THAT(loop_.request("GET", "/object/b/x"), StartsWith("HTTP/1.1 200"));
  EXPECT_EQ(loop_.log("b").back()["throws"]["message"], "Network connection lost.");
}

// A worker that holds the object's socket; see conformance/catalogue/outgoing/worker.
class HeldTest : public testing::Test {
 protected:
  void load(const Json& worker) {
    const Json program = {{"worker", {{"hold", worker}}},
                          {"fetch", {{{"op", "upgrade"}, {"api", "hibernation"}}}},
                          {"message", Json::array()},
                          {"close", Json::array()}};
    loop_.load("o", program);
  }
  std::string hold() {
    Loopback::Client& client = loop_.open();
    loop_.send(client,
               "GET /object/o/hold?client=a HTTP/1.1\r\nHost: t\r\nUpgrade: websocket\r\n\r\n");
    return client.received;
  }
  // "instance event" of each event but the first two.
  std::vector<std::string> events() {
    std::vector<std::string> names;
    const Json log = loop_.log("o");
    for (std::size_t i = 2; i < log.size(); ++i)
      names.push_back(std::to_string(log[i]["instance"].get<int>()) + " " +
                      log[i].value("event", "op"));
    return names;
  }

  const Json accept_ = {{"op", "accept"}, {"name", "w"}};
  Loopback loop_{[] {
    ServerOptions made;
    made.flags = std::get<compat::Flags>(compat::resolve_flags("2026-11-01", {}));
    made.app = fixture::make_fixture_app({"2026-11-01"});
    return made;
  }()};
};

TEST_F(HeldTest, Out11AnUnacceptedSocketGoesWithTheWorker) {
  load(Json::array({{{"op", "sleep"}, {"ms", 500}}}));
  EXPECT_EQ(hold(), "");
  EXPECT_TRUE(events().empty());
  loop_.advance(milliseconds(500));
  EXPECT_THAT(events(), testing::ElementsAre("1 close"));
}

TEST_F(HeldTest, Out11AnAcceptedOneKeepsTheWorkerUntilTheObjectIsGone) {
  load(Json::array({accept_, {{"op", "send"}, {"data", "x"}}}));
  EXPECT_THAT(hold(), StartsWith("HTTP/1.1 200"));
  loop_.advance(milliseconds(60'000));
  EXPECT_THAT(events(), testing::ElementsAre("1 message"));
  loop_.server.deploy(loop_.now);
  loop_.advance(milliseconds(60'000));
  EXPECT_EQ(loop_.server.next_deadline(), std::nullopt);
}

TEST_F(HeldTest, AnObjectThatWasResetHearsNothingOfItsOldSocket) {
  load(Json::array({{{"op", "sleep"}, {"ms", 500}}}));
  hold();
  loop_.server.deploy(loop_.now);
  loop_.advance(milliseconds(60'000));
  EXPECT_TRUE(events().empty());
}

TEST_F(HeldTest, Out11ManyWorkersLeaveNothingBehind) {
  load(Json::array({accept_, {{"op", "close"}, {"args", {4001, "bye"}}}}));
  for (int i = 0; i < 100; ++i) EXPECT_THAT(hold(), StartsWith("HTTP/1.1 200"));
  loop_.advance(milliseconds(60'000));
  EXPECT_EQ(loop_.server.next_deadline(), std::nullopt);
}

}  // namespace
}  // namespace torpor::server
