// The rules of hibernation, deploy, attachments and close replies, seen through the server's octets
// and the fixture's log.
#include "reference-server/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "core/websocket/deflate.h"
#include "reference-server/fixture/fixture_app.h"
#include "reference-server/loopback.h"

namespace torpor::server {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;
using websocket::BinaryMessage;
using websocket::CloseReceived;
using websocket::Event;
using websocket::Pong;
using websocket::TextMessage;

constexpr std::uint32_t kMask = 0x01020304;

ServerOptions options(std::string_view date = "2026-11-01",
                      compat::Profile profile = compat::Profile::kParity) {
  ServerOptions made;
  made.parameters = compat::parameters_of(profile);
  made.flags = std::get<compat::Flags>(compat::resolve_flags(date, {}));
  made.app = fixture::make_fixture_app({std::string(date)});
  return made;
}

std::string text(std::string_view payload) {
  return websocket::Writer({}).text(payload, kMask);
}
std::string ping(std::string_view payload) {
  return websocket::Writer({}).ping(payload, kMask);
}
std::string close(std::uint16_t code, const std::string& reason) {
  return websocket::Writer({}).close({code, reason}, kMask);
}

Json hibernatable(Json more = Json::object()) {
  Json program = {{"fetch", {{{"op", "upgrade"}, {"api", "hibernation"}}}}};
  program.update(more);
  return program;
}
Json standard(Json more = Json::object()) {
  Json program = {{"fetch", {{{"op", "upgrade"}, {"api", "standard"}}}}};
  program.update(more);
  return program;
}
Json event_field(const char* name) {
  return {{"$", "event"}, {"field", name}};
}
const Json kEcho = {{{"op", "send"}, {"data", {{"$", "event"}, {"field", "message"}}}}};
Json same_close() {
  return {{{"op", "close"}, {"args", Json::array({event_field("code"), event_field("reason")})}}};
}

Json last(const Json& log) {
  return log.back();
}

TEST(Server, EchoesOverAHibernatableSocket) {
  Loopback net(options());
  net.load("o", hibernatable({{"message", kEcho}}));
  auto& a = net.connect("o", "a");
  EXPECT_THAT(
      a.received,
      StartsWith("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                 "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
  net.send(a, text("hello"));
  EXPECT_THAT(net.frames(a), ElementsAre(Event(TextMessage{"hello"})));
}

// Compiling Beast's zlib a second time into the same program breaks this one length and its
// multiples.
TEST(Server, ACompressedMessageMayFillTheStepsOfTheInflaterExactly) {
  const std::string message(2 * 4096, 'a');
  const websocket::DeflateParameters agreed;
  websocket::Bytes inflated;
  const auto fault =
      websocket::Inflater(agreed, websocket::Role::kClient)
          .decompress(websocket::Deflater(agreed, websocket::Role::kClient).compress(message),
                      message.size(), inflated);
  EXPECT_EQ(fault, std::nullopt);
  EXPECT_EQ(inflated, message);
}

TEST(Hib01, AnIdleObjectLeavesMemoryAfterTenSecondsAndItsClientStays) {
  Loopback net(options());
  net.load("o", hibernatable({{"message", kEcho}}));
  auto& a = net.connect("o", "a");
  net.advance(milliseconds(9'999));
  net.send(a, text("1"));
  EXPECT_EQ(last(net.log("o"))["instance"], 1);
  net.advance(milliseconds(10'000));
  net.send(a, text("2"));
  EXPECT_EQ(last(net.log("o"))["instance"], 2);
  EXPECT_THAT(net.frames(a), ElementsAre(Event(TextMessage{"1"}), Event(TextMessage{"2"})));
  EXPECT_FALSE(a.ended);
}

TEST(Ping04, APingIsAnsweredWithoutWakingTheObject) {
  Loopback net(options());
  net.load("o", hibernatable());
  auto& a = net.connect("o", "a");
  net.advance(milliseconds(11'000));
  net.send(a, ping("p"));
  EXPECT_THAT(net.frames(a), ElementsAre(Event(Pong{"p"})));
  EXPECT_EQ(last(net.log("o"))["instance"], 1);
}

TEST(Hib08, AStandardSocketHoldsTheObjectInMemory) {
  Loopback net(options());
  net.load("o", standard({{"message", kEcho}}));
  auto& a = net.connect("o", "a");
  net.advance(milliseconds(60'000));
  net.send(a, text("x"));
  EXPECT_EQ(last(net.log("o"))["instance"], 1);
}

// ACC-07 leaves an end in the lists that is neither accepted nor can hibernate.
TEST(Hib30, AnEndThatNobodyAcceptedHoldsTheObjectInMemory) {
  Loopback net(options());
  const Json too_late = {{{"op", "acceptWebSocket"}, {"on", "client"}, {"tags", {"z"}}}};
  net.load("o", {{"fetch",
                  {{{"op", "pair"}},
                   {{"op", "respond"}, {"status", 101}, {"webSocket", "client"}},
                   {{"op", "setTimeout"}, {"ms", 100}, {"ops", too_late}}}}});
  auto& a = net.connect("o", "a");
  net.advance(milliseconds(20'000));
  EXPECT_FALSE(a.ended);
  net.connect("o", "b");
  EXPECT_EQ(last(net.log("o"))["instance"], 1);
}

Json usage_of(Loopback& net, const std::string& object) {
  const std::string response = net.request("GET", "/torpor/1/objects/" + object + "/usage");
  return Json::parse(response.substr(response.find("\r\n\r\n") + 4));
}

TEST(Bill04, AskingForUsageNeitherWakesTheObjectNorRestartsItsIdleTime) {
  Loopback net(options());
  net.load("o", hibernatable());
  EXPECT_EQ(usage_of(net, "o")["inMemory"], false);
  net.connect("o", "a");
  net.advance(milliseconds(9'999));
  EXPECT_EQ(usage_of(net, "o")["inMemory"], true);
  net.advance(milliseconds(1));
  EXPECT_EQ(usage_of(net, "o")["inMemory"], false);
  EXPECT_EQ(usage_of(net, "o")["durationUs"].dump(), R"({"billed":0,"free":10000000,"heldBy":{}})");
}

TEST(Bill05, AStandardSocketIsBilledForAsLongAsItIsConnected) {
  Loopback net(options());
  net.load("o", standard());
  auto& a = net.connect("o", "a");
  net.advance(milliseconds(60'000));
  EXPECT_EQ(usage_of(net, "o")["heldBy"], Json::array({"standardSocket"}));
  net.server.peer_reset(a.id, net.now);
  net.advance(milliseconds(60'000));
  EXPECT_EQ(usage_of(net, "o")["durationUs"].dump(),
            R"({"billed":60000000,"free":10000000,"heldBy":{"standardSocket":60000000}})");
}

TEST(Acl04, AHibernatableSocketGetsNoAutomaticCloseReplyInParity) {
  Loopback net(options("2026-11-01"));
  net.load("o", hibernatable({{"close", Json::array()}}));
  auto& a = net.connect("o", "a");
  net.frames(a);
  net.send(a, close(1000, "bye"));
  EXPECT_THAT(net.frames(a), IsEmpty());
  EXPECT_FALSE(a.ended);
  EXPECT_EQ(last(net.log("o"))["readyState"], 2);
  net.advance(milliseconds(10'000));
  EXPECT_TRUE(a.ended) << "the connection ends with the instance";
}

TEST(Acl04, TheDocumentationSaysOtherwiseFromItsDate) {
  for (const auto& [date, replied] : {std::pair{"2026-04-06", false}, {"2026-04-07", true}}) {
    Loopback net(options(date, compat::Profile::kDocumented));
    net.load("o", hibernatable({{"close", Json::array()}}));
    auto& a = net.connect("o", "a");
    net.frames(a);
    net.send(a, close(1000, "bye"));
    EXPECT_EQ(!net.frames(a).empty(), replied) << date;
    EXPECT_EQ(a.ended, replied) << date;
    EXPECT_EQ(last(net.log("o"))["readyState"], replied ? 3 : 2) << date;
  }
}

TEST(Acl01, AStandardSocketRepliesByItselfFromItsDate) {
  for (const auto& [date, replied] : {std::pair{"2026-04-06", false}, {"2026-04-07", true}}) {
    Loopback net(options(date));
    net.load("o", standard({{"close", Json::array()}}));
    auto& a = net.connect("o", "a");
    net.frames(a);
    net.send(a, close(4001, "bye"));
    EXPECT_EQ(!net.frames(a).empty(), replied) << date;
    EXPECT_EQ(a.ended, replied) << date;
    EXPECT_EQ(last(net.log("o"))["readyState"], replied ? 3 : 2) << date;
  }
}

TEST(Close11, TheDocumentedEchoThrowsWhenTheClientGaveNoCode) {
  Loopback net(options());
  net.load("o", hibernatable({{"close", same_close()}}));
  auto& a = net.connect("o", "a");
  net.frames(a);
  net.send(a, websocket::Writer({}).close({}, kMask));
  EXPECT_EQ(last(net.log("o"))["throws"]["message"], "Invalid WebSocket close code: 1005.");
  EXPECT_THAT(net.frames(a), IsEmpty());
}

TEST(Cle03, ADropIsAnUncleanCloseWith1006) {
  Loopback net(options());
  net.load("o", hibernatable({{"close", Json::array()}}));
  auto& a = net.connect("o", "a");
  net.server.peer_reset(a.id, net.now);
  const Json entry = last(net.log("o"));
  EXPECT_EQ(entry["code"], 1006);
  EXPECT_EQ(entry["wasClean"], false);
  EXPECT_EQ(entry["reason"], "WebSocket disconnected without sending Close frame.");
}

TEST(Deploy01, ACodeUpdateDropsEverySocketWithoutAClose) {
  Loopback net(options());
  net.load("o", hibernatable({{"message", kEcho}, {"close", Json::array()}}));
  net.load("p", standard({{"close", Json::array()}}));
  auto& a = net.connect("o", "a");
  auto& b = net.connect("p", "b");
  net.frames(a);
  net.frames(b);
  const auto entries = net.log("o").size();
  net.server.deploy(net.now);
  EXPECT_TRUE(a.ended);
  EXPECT_TRUE(b.ended);
  EXPECT_THAT(a.received, IsEmpty());
  EXPECT_EQ(net.log("o").size(), entries) << "no handler runs";
}

TEST(Abort03, WhatTheAbortedTurnSentIsLost) {
  Loopback net(options());
  net.load("o",
           hibernatable({{"message",
                          {{{"op", "send"}, {"data", "x"}}, {{"op", "abort"}, {"reason", "r"}}}}}));
  auto& a = net.connect("o", "a");
  net.frames(a);
  net.send(a, text("go"));
  EXPECT_THAT(a.received, IsEmpty());
  EXPECT_TRUE(a.ended);
}

TEST(Att01, TheLimitIsOnTheSerializedSize) {
  const auto attach = [](int count) {
    return Json{{{"op", "serializeAttachment"},
                 {"value", {{"$", "repeat"}, {"text", "a"}, {"count", count}}}}};
  };
  Loopback net(options());
  net.load("o", hibernatable({{"message", {{"fits", attach(16'379)}, {"over", attach(16'380)}}}}));
  auto& a = net.connect("o", "a");
  net.send(a, text("fits"));
  EXPECT_EQ(last(net.log("o"))["event"], "message");
  net.send(a, text("over"));
  EXPECT_EQ(
      last(net.log("o"))["throws"]["message"],
      "A WebSocket 'attachment' cannot be larger than 16384 bytes.'attachment' was 16385 bytes.");
}

TEST(Att08, AnAttachmentSurvivesHibernation) {
  Loopback net(options());
  const Json value = {{"a", {1, 2.5, "é", nullptr}}, {"u", {{"$", "undefined"}}}};
  net.load("o", hibernatable({{"message",
                               {{"set", {{{"op", "serializeAttachment"}, {"value", value}}}},
                                {"get", {{{"op", "deserializeAttachment"}}}}}}}));
  auto& a = net.connect("o", "a");
  net.send(a, text("set"));
  net.advance(milliseconds(10'000));
  net.send(a, text("get"));
  EXPECT_EQ(last(net.log("o"))["value"], value);
  EXPECT_EQ(last(net.log("o"))["instance"], 2);
}

TEST(List01, AllSocketsComeNewestFirstAndTaggedOnesOldestFirst) {
  Loopback net(options());
  net.load("o", hibernatable({{"message", {{"all", {{{"op", "getWebSockets"}}}}}}}));
  for (const char* name : {"a", "b", "c"}) net.connect("o", name);
  auto& d = net.connect("o", "d");
  net.send(d, text("all"));
  EXPECT_EQ(last(net.log("o"))["value"], Json({"d", "c", "b", "a"}));
}

TEST(Hib15, AConstructorThatThrowsOnWakeDropsEverySocket) {
  Loopback net(options());
  net.load("o", hibernatable({{"message", Json::array()}}));
  auto& a = net.connect("o", "a");
  net.frames(a);
  net.advance(milliseconds(10'000));
  net.load("o", hibernatable({{"constructor", {{{"op", "throw"}, {"message", "no"}}}},
                              {"message", Json::array()}}));
  net.send(a, text("x"));
  EXPECT_TRUE(a.ended);
  EXPECT_THAT(a.received, IsEmpty());
}

TEST(Msg10, OnlyARealTimerLetsTheNextEventIn) {
  Loopback net(options());
  const auto around = [](Json wait) {
    return Json{
        {{"op", "log"}, {"value", "before"}}, std::move(wait), {{"op", "log"}, {"value", "after"}}};
  };
  net.load("o",
           hibernatable({{"message",
                          {{"sleep", around({{"op", "sleep"}, {"ms", 50}})},
                           {"store", around({{"op", "storagePut"}, {"key", "k"}, {"value", 1}})},
                           {"bcw", around({{"op", "blockConcurrencyWhile"},
                                           {"ops", {{{"op", "sleep"}, {"ms", 50}}}}})},
                           {"next", Json::array()}}}}));
  const auto order = [&](const char* first) {
    auto& a = net.connect("o", first);
    const std::size_t from = net.log("o").size();
    net.send(a, text(first) + text("next"));
    net.advance(milliseconds(100));
    std::string seen;
    const Json log = net.log("o");
    for (std::size_t i = from; i < log.size(); ++i) {
      seen += log[i].contains("op") ? log[i]["value"].get<std::string>()
                                    : log[i]["data"].get<std::string>();
      seen += ' ';
    }
    return seen;
  };
  EXPECT_EQ(order("sleep"), "sleep before next after ");
  EXPECT_EQ(order("store"), "store before after next ");
  EXPECT_EQ(order("bcw"), "bcw before after next ");
}

TEST(To03, TheEventTimeoutCancelsTheHandlerAndNothingElse) {
  Loopback net(options());
  net.load("o",
           hibernatable(
               {{"constructor", {{{"op", "setEventTimeout"}, {"args", {500}}}}},
                {"message",
                 {{"slow", {{{"op", "sleep"}, {"ms", 1500}}, {{"op", "send"}, {"data", "late"}}}},
                  {"*", kEcho}}}}));
  auto& a = net.connect("o", "a");
  net.frames(a);
  net.send(a, text("slow"));
  net.advance(milliseconds(2000));
  net.send(a, text("still here"));
  EXPECT_THAT(net.frames(a), ElementsAre(Event(TextMessage{"still here"})));
}

TEST(To03, TheEventTimeoutCancelsWhatWaitsForABlockOrATransaction) {
  for (const char* op : {"blockConcurrencyWhile", "transaction"}) {
    Loopback net(options());
    net.load("o", hibernatable({{"constructor", {{{"op", "setEventTimeout"}, {"args", {500}}}}},
                                {"message",
                                 {{"slow",
                                   {{{"op", op}, {"ops", {{{"op", "sleep"}, {"ms", 1500}}}}},
                                    {{"op", "send"}, {"data", "late"}}}},
                                  {"*", kEcho}}}}));
    auto& a = net.connect("o", "a");
    net.frames(a);
    net.send(a, text("slow"));
    net.advance(milliseconds(2000));
    net.send(a, text("still here"));
    EXPECT_THAT(net.frames(a), ElementsAre(Event(TextMessage{"still here"}))) << op;
  }
}

TEST(Alarm01, AnAlarmWakesTheObjectAndReachesItsClients) {
  Loopback net(options());
  net.load("o", hibernatable({{"message", {{{"op", "setAlarm"}, {"ms", 30'000}}}},
                              {"alarm", {{{"op", "send"}, {"on", "all"}, {"data", "tick"}}}}}));
  auto& a = net.connect("o", "a");
  net.frames(a);
  net.send(a, text("x"));
  net.advance(milliseconds(30'000));
  EXPECT_THAT(net.frames(a), ElementsAre(Event(TextMessage{"tick"})));
  EXPECT_EQ(last(net.log("o")),
            Json({{"seq", 4}, {"instance", 2}, {"event", "alarm"}, {"at", 30'000}}));
}

TEST(Ping03, PongsOfABurstCoalesce) {
  Loopback net(options());
  net.load("o", hibernatable());
  auto& a = net.connect("o", "a");
  net.frames(a);
  net.send(a, ping("1") + ping("2") + ping("3"));
  EXPECT_THAT(net.frames(a), ElementsAre(Event(Pong{"1"}), Event(Pong{"3"})));
}

TEST(Ept03, ABadHandshakeReachesTheObjectFirst) {
  Loopback net(options());
  net.load("o", hibernatable({{"close", Json::array()}}));
  const std::string response = net.request("POST", "/object/o/ws?client=a");
  EXPECT_THAT(response, HasSubstr("500 Internal Server Error"));
  auto& a = net.open();
  net.send(a,
           "GET /object/o/ws?client=b HTTP/1.1\r\nHost: t\r\nUpgrade: "
           "websocket\r\nSec-WebSocket-Key: x\r\n\r\n");
  EXPECT_THAT(a.received, StartsWith("HTTP/1.1 426 Upgrade Required\r\nConnection: close\r\n"));
  EXPECT_TRUE(a.ended);
  EXPECT_EQ(last(net.log("o"))["code"], 1006) << "the accepted end hears that nobody is there";
}

TEST(Std20, ACloseListenerThatThrowsAtOnceFailsTheSocketAndIsTheLastToHear) {
  Loopback net(options("2026-04-06"));
  const Json program = Json::parse(R"({"fetch":[{"op":"pair"},
    {"op":"listen","event":"close","throws":"now"}, {"op":"listen","event":"close"}, {"op":"accept"},
    {"op":"respond","status":101,"webSocket":"client"}], "error":[]})");
  net.load("o", program);
  auto& a = net.connect("o", "a");
  net.send(a, close(1000, ""));
  EXPECT_TRUE(a.ended);
  EXPECT_THAT(net.frames(a), IsEmpty());
  EXPECT_EQ(last(net.log("o"))["message"], "Uncaught Error: now");
  net.load("p", program);
  auto& b = net.connect("p", "b");
  net.server.peer_reset(b.id, net.now);
  EXPECT_EQ(last(net.log("p"))["event"], "listener");
  for (const char* object : {"o", "p"}) {
    const Json log = net.log(object);
    EXPECT_EQ(std::count_if(log.begin(), log.end(),
                            [](const Json& entry) { return entry["event"] == "listener"; }),
              1)
        << object;
  }
}

}  // namespace
}  // namespace torpor::server
