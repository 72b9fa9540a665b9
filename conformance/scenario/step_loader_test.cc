#include "conformance/scenario/step_loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace torpor::scenario {
namespace {

using ::testing::HasSubstr;

struct ReadStep {
  std::optional<Step> step;
  std::string problems;
};

ReadStep read_step(const std::string& text) {
  std::vector<Problem> problems;
  const auto document = parse_document(text, "x", problems);
  EXPECT_TRUE(document) << text;
  Diagnostics diagnostics(*document, problems);
  std::set<std::string> clients = {"a"};
  ReadStep result{read_step(diagnostics, document->json, "", clients), ""};
  for (const Problem& problem : problems) result.problems += problem.to_string() + "\n";
  EXPECT_EQ(result.step.has_value(), problems.empty()) << result.problems;
  return result;
}

template <typename Action>
Action action(const std::string& text) {
  const ReadStep result = read_step(text);
  EXPECT_EQ(result.problems, "");
  return std::get<Action>(result.step->action);
}

TEST(StepLoader, ReadsEveryMemberOfConnect) {
  const auto plain = action<step::Connect>(R"({"do": "connect", "client": "b2"})");
  EXPECT_EQ(plain.method + " " + plain.segment + " " + plain.http, "GET ws 1.1");
  EXPECT_FALSE(plain.extensions || plain.worker || plain.async);
  const auto full =
      action<step::Connect>(R"({"do": "connect", "client": "b", "segment": "s", "method": "POST",
      "headers": {"Sec-WebSocket-Version": "12", "Upgrade": null}, "subprotocols": ["p", "q"], "extensions": "",
      "http": "1.0", "worker": "/x", "pipelined": "8100", "async": true})");
  EXPECT_EQ(full.headers[0].second, "12");
  EXPECT_EQ(full.headers[1].second, std::nullopt);
  EXPECT_EQ(full.extensions, "");
  EXPECT_EQ(full.pipelined, std::string("\x81\0", 2));
  EXPECT_TRUE(full.async);
}

TEST(StepLoader, ReadsPayloads) {
  EXPECT_EQ(action<step::Send>(R"({"do": "send", "client": "a", "text": "hé"})").payload.octets(),
            "hé");
  const auto many = action<step::Send>(
      R"({"do": "send", "client": "a", "text": {"$": "repeat", "text": "ab", "count": 3}, "compress": false})");
  EXPECT_EQ(many.payload.octets(), "ababab");
  EXPECT_EQ(many.payload.count, 3U);
  EXPECT_FALSE(many.compress);
  const char* binaries[] = {R"("6161")", R"({"$": "repeat", "text": "a", "count": 2})",
                            R"({"$": "arraybuffer", "hex": "6161"})",
                            R"({"$": "arraybuffer", "length": 2, "byte": 97})"};
  for (const char* binary : binaries) {
    const auto send = action<step::Send>(
        std::string(R"({"do": "send", "client": "a", "binary": )") + binary + "}");
    EXPECT_TRUE(send.binary);
    EXPECT_EQ(send.payload.octets(), "aa") << binary;
  }
  EXPECT_EQ(action<step::Ping>(R"({"do": "ping", "client": "a", "payload": "p"})").payload, "p");
  EXPECT_EQ(action<step::Close>(R"({"do": "close", "client": "a"})").payload, "");
  EXPECT_EQ(action<step::Close>(R"({"do": "close", "client": "a", "hex": "03"})").payload, "\x03");
}

TEST(StepLoader, RefusesPayloadsThatAreNone) {
  EXPECT_THAT(read_step(R"({"do": "send", "client": "a"})").problems,
              HasSubstr(R"(must have either "text" or "binary")"));
  EXPECT_THAT(read_step(R"({"do": "send", "client": "a", "text": 1})").problems,
              HasSubstr("/text: must be a string or"));
  EXPECT_THAT(read_step(R"({"do": "send", "client": "a", "binary": "616"})").problems,
              HasSubstr("/binary: must be an even number of hex digits"));
  EXPECT_THAT(read_step(R"({"do": "octets", "client": "a"})").problems,
              HasSubstr(R"(no member "hex")"));
  EXPECT_THAT(read_step(R"({"do": "frame", "client": "a", "opcode": 16})").problems,
              HasSubstr("/opcode: must be 0 to 15"));
  EXPECT_THAT(read_step(R"({"do": "frame", "client": "a", "opcode": 1, "length": "8"})").problems,
              HasSubstr(R"(/length: unknown form "8"; allowed: minimal, 16, 64)"));
}

TEST(StepLoader, ReadsAFrameThatLies) {
  const auto frame =
      action<step::Frame>(R"({"do": "frame", "client": "a", "opcode": 9, "hex": "00", "fin": false,
      "rsv2": true, "masked": false, "length": "64", "declared": 9223372036854775807})");
  EXPECT_EQ(frame.opcode, 9);
  EXPECT_EQ(frame.payload.octets(), std::string(1, '\0'));
  EXPECT_TRUE(!frame.fin && !frame.rsv1 && frame.rsv2 && !frame.rsv3 && frame.masked == false);
  EXPECT_EQ(frame.length, step::LengthForm::k64);
  EXPECT_EQ(frame.declared, 9223372036854775807U);
}

TEST(StepLoader, ReadsEveryKindOfAwait) {
  const auto what = [](const std::string& members) {
    return action<step::Await>(R"({"do": "await", )" + members + "}").what;
  };
  EXPECT_EQ(std::get<step::AwaitFrames>(what(R"("client": "a", "frames": 3)")).count, 3U);
  EXPECT_EQ(std::get<step::AwaitEnd>(what(R"("client": "a", "end": true)")).client, "a");
  EXPECT_EQ(std::get<step::AwaitResponse>(what(R"("client": "a", "response": true)")).client, "a");
  EXPECT_EQ(std::get<step::AwaitLog>(what(R"("log": {"event": "close"}, "count": 2)")).count, 2U);
  EXPECT_EQ(
      action<step::Await>(R"({"do": "await", "client": "a", "end": true, "timeoutMs": 7})").timeout,
      milliseconds(7));
}

TEST(StepLoader, ReadsTheRest) {
  EXPECT_EQ(action<step::Wait>(R"({"do": "wait", "ms": 12})").duration, milliseconds(12));
  EXPECT_EQ(action<step::Reset>(R"({"do": "reset", "client": "a"})").client, "a");
  EXPECT_EQ(action<step::Request>(R"({"do": "request", "client": "c"})").segment, "*");
  EXPECT_TRUE(read_step(R"({"do": "pong", "client": "a", "cork": true})").step->cork);
  EXPECT_THAT(read_step(R"({"do": "connect", "client": "A"})").problems,
              HasSubstr("a client's name is a lower-case letter"));
  EXPECT_THAT(read_step(R"({"do": "connect", "client": "usage"})").problems,
              HasSubstr("\"usage\" is a lane of its own"));
  EXPECT_THAT(read_step(R"({"do": "finish", "client": "a", "code": 1})").problems,
              HasSubstr(R"(unknown member "code")"));
}

TEST(StepLoader, ReadsAnAnswer) {
  const auto plain = action<step::Answer>(R"({"do": "answer", "client": "a"})");
  EXPECT_EQ(plain.status, 101);
  const auto full = action<step::Answer>(
      R"({"do": "answer", "client": "a", "status": 403, "headers": {"X": "y", "Z": null}, "body": "no"})");
  EXPECT_EQ(full.status, 403);
  EXPECT_EQ(full.headers.size(), 2U);
  EXPECT_EQ(full.body, "no");
  EXPECT_THAT(read_step(R"({"do": "answer", "client": "a", "status": 99})").problems,
              HasSubstr("/status"));
}

TEST(StepLoader, AFrameIsMaskedAsItsSideDoesUnlessItSaysOtherwise) {
  EXPECT_EQ(action<step::Frame>(R"({"do": "frame", "client": "a", "opcode": 1})").masked,
            std::nullopt);
  EXPECT_EQ(
      action<step::Frame>(R"({"do": "frame", "client": "a", "opcode": 1, "masked": false})").masked,
      false);
}

}  // namespace
}  // namespace torpor::scenario
