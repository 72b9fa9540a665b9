// The workerd policy. Every row was put to workerd 1.20261117.1 over raw TCP; thousands of random
// frame sequences and compressed streams were compared as well.
#include <gtest/gtest.h>

#include "core/websocket/close.h"
#include "core/websocket/reader.h"
#include "core/websocket/testing.h"

namespace torpor::websocket {
namespace {

using testing::client;
using testing::octets;
using testing::read_all;
using Events = std::vector<std::string>;

constexpr std::uint64_t kOver = kMessageBytesMax + 1;
constexpr FrameOptions kWithMore{.fin = false};
constexpr FrameOptions kWithRsv1{.rsv1 = true};

Events read(std::string_view wire) {
  return read_all({}, wire);
}

Events read_deflated(std::string_view wire) {
  return read_all({.deflate = DeflateParameters()}, wire);
}

Events error(std::string_view description, int code = 1002) {
  return {"error " + std::to_string(code) + " \"" + std::string(description) + "\""};
}

const Events kNothing;
const Events kRsvError = error("Received frame had RSV bits 2 or 3 set");
const Events kUnexpected = error("Unexpected continuation frame");
const Events kMissing = error("Missing continuation frame");
const Events kFragmented = error("Received fragmented control frame");
const Events kCompressed = error(
    "Received a WebSocket frame whose compression bit was set, but the compression extension was "
    "not "
    "negotiated for this connection.");
const Events kInvalidData = error("Invalid compressed data");

TEST(WorkerdReader, Msg05_FragmentsMakeOneMessage) {
  EXPECT_EQ(read(client(1, "a", kWithMore) + client(0, "", kWithMore) + client(0, "b")),
            Events{"text \"ab\""});
  EXPECT_EQ(read(client(2, "", kWithMore) + client(0, "a")), Events{"binary 61"});
  EXPECT_EQ(read(client(1, "\xE2", kWithMore) + client(0, "\x82\xAC")),
            Events{"text \"\xE2\x82\xAC\""});
}

TEST(WorkerdReader, Ping08_ControlFramesBetweenFragmentsComeAtOnce) {
  EXPECT_EQ(read(client(1, "a", kWithMore) + client(9, "p") + client(10, "q") + client(0, "b")),
            (Events{"ping \"p\"", "pong \"q\"", "text \"ab\""}));
}

TEST(WorkerdReader, Msg07_EmptyMessages) {
  EXPECT_EQ(read(client(1, "") + client(2, "")), (Events{"text \"\"", "binary "}));
}

TEST(WorkerdReader, Msg06_InvalidUtf8IsReplacedAndKeptRaw) {
  Reader reader({});
  reader.feed(client(1, octets("61ff")) + client(1, "ok"));
  EXPECT_EQ(reader.next(), Event(TextMessage{"a\xEF\xBF\xBD", "a\xFF"}));
  EXPECT_EQ(reader.next(), Event(TextMessage{"ok", std::nullopt}));
}

TEST(WorkerdReader, Frame01_MaskingIsOptional) {
  EXPECT_EQ(read(make_frame(Opcode::kText, "hi")), Events{"text \"hi\""});
  EXPECT_EQ(read(make_frame(Opcode::kText, "hi", {.mask_key = 0})), Events{"text \"hi\""});
  EXPECT_EQ(read_all({.role = Role::kClient}, client(1, "hi")), Events{"text \"hi\""});
}

TEST(WorkerdReader, Frame06_LongControlFramesAndLongerLengthFormsAreAccepted) {
  const Bytes long_ping(126, 'p');
  EXPECT_EQ(read(client(9, long_ping)), Events{"ping \"" + long_ping + "\""});
  EXPECT_EQ(read(client(9, Bytes(70'000, 'p'))).size(), 1u);
  EXPECT_EQ(read(client(1, "hi", {.length_form = LengthForm::k16})), Events{"text \"hi\""});
  EXPECT_EQ(read(client(9, "hi", {.length_form = LengthForm::k64})), Events{"ping \"hi\""});
}

TEST(WorkerdReader, Frame02_ReservedBits) {
  EXPECT_EQ(read(client(1, "a", {.rsv2 = true})), kRsvError);
  EXPECT_EQ(read(client(9, "a", {.rsv3 = true})), kRsvError);
}

TEST(WorkerdReader, Frame03_Continuations) {
  EXPECT_EQ(read(client(0, "a")), kUnexpected);
  EXPECT_EQ(read(client(0, "a", kWithMore)), kUnexpected);
  EXPECT_EQ(read(client(1, "a", kWithMore) + client(1, "b")), kMissing);
  EXPECT_EQ(read(client(1, "", kWithMore) + client(2, "b")), kMissing)
      << "an empty fragment counts";
}

TEST(WorkerdReader, Frame04_FragmentedControlFrames) {
  for (const std::uint8_t opcode : {8, 9, 10, 11, 15}) {
    EXPECT_EQ(read(client(opcode, "", kWithMore)), kFragmented) << int{opcode};
  }
}

TEST(WorkerdReader, Frame05_UnknownOpcodes) {
  for (const std::uint8_t opcode : {3, 4, 5, 6, 7, 11, 12, 13, 14, 15}) {
    const Events unknown = error("Unknown opcode " + std::to_string(opcode));
    EXPECT_EQ(read(client(opcode, "a")), unknown);
    EXPECT_EQ(read(client(1, "a", kWithMore) + client(opcode, "b")),
              opcode < 8 ? kMissing : unknown);
  }
  EXPECT_EQ(read(client(3, "a", kWithMore) + client(0, "b")), error("Unknown opcode 3"));
  EXPECT_EQ(read(client(3, "a", kWithMore) + client(1, "b")), kMissing);
}

// Some faults are in the header, others are only looked for when the payload is complete.
TEST(WorkerdReader, Frame07_WhatTheHeaderAloneDecides) {
  const auto header = [](const Bytes& frame) { return frame.substr(0, 6); };
  EXPECT_EQ(read(header(client(1, "a", {.rsv2 = true}))), kRsvError);
  EXPECT_EQ(read(client(1, "a", {.rsv2 = true}).substr(0, 5)), kNothing) << "the whole header";
  EXPECT_EQ(read(header(client(0, "a"))), kUnexpected);
  EXPECT_EQ(read(client(1, "a", kWithMore) + header(client(1, "b"))), kMissing);
  EXPECT_EQ(read(client(1, "a", kWithMore) + header(client(3, "b"))), kMissing);
  EXPECT_EQ(read(header(client(9, "abc", kWithMore))), kFragmented);
  EXPECT_EQ(read(header(client(3, "a"))), kNothing);
  EXPECT_EQ(read(header(client(1, "a", kWithRsv1))), kNothing);
  EXPECT_EQ(read(client(1, "a", {.fin = false, .rsv1 = true})), kNothing);
}

TEST(WorkerdReader, Frame07_OrderOfChecks) {
  const FrameOptions over{.declared_size = kOver};
  const Events too_large = error("Message is too large: 33554433 > 33554432", 1009);
  EXPECT_EQ(read(client(1, "", {.rsv2 = true, .declared_size = kOver})), kRsvError);
  EXPECT_EQ(read(client(0, "", {.rsv2 = true})), kRsvError);
  EXPECT_EQ(read(client(0, "", over)), too_large);
  EXPECT_EQ(read(client(3, "", over)), too_large);
  EXPECT_EQ(read(client(8, "", over)), too_large);
  EXPECT_EQ(read(client(9, "", {.fin = false, .declared_size = kOver})), too_large);
  EXPECT_EQ(read(client(1, "", {.rsv1 = true, .declared_size = kOver})), too_large);
  EXPECT_EQ(read(client(1, "a", kWithMore) + client(1, "", over)),
            error("Message is too large: 33554433 > 33554431", 1009));
  EXPECT_EQ(read(client(9, "", {.fin = false, .rsv1 = true})), kFragmented);
  EXPECT_EQ(read(client(3, "a", kWithRsv1)), kCompressed);
}

TEST(WorkerdReader, Msg04_TooLargeIsDecidedByTheHeader) {
  const auto announced = [](std::uint64_t size) {
    return read(client(2, "", {.length_form = LengthForm::k64, .declared_size = size}));
  };
  const auto too_large = [](const std::string& size) {
    return error("Message is too large: " + size + " > 33554432", 1009);
  };
  EXPECT_EQ(announced(33554432), kNothing);
  EXPECT_EQ(announced(33554433), too_large("33554433"));
  EXPECT_EQ(announced(std::uint64_t{1} << 40), too_large("1099511627776"));
  EXPECT_EQ(announced(std::uint64_t{1} << 63), too_large("9223372036854775808"));
  EXPECT_EQ(announced(~std::uint64_t{0}), too_large("18446744073709551615"));
}

TEST(WorkerdReader, Msg04_FragmentsShareTheLimit) {
  const Bytes first = client(2, Bytes(100, 'x'), kWithMore);
  const auto rest = [](std::uint8_t opcode, std::uint64_t size) {
    return client(opcode, "", {.declared_size = size});
  };
  const Events over = error("Message is too large: 33554333 > 33554332", 1009);
  EXPECT_EQ(read(first + rest(0, kMessageBytesMax - 100)), kNothing);
  EXPECT_EQ(read(first + rest(0, kOver - 100)), over);
  EXPECT_EQ(read(first + rest(9, kOver - 100)), over) << "control frames as well";
  EXPECT_EQ(read(first + client(0, Bytes(50, 'x'), kWithMore) + rest(0, kOver - 100)),
            error("Message is too large: 33554333 > 33554282", 1009));
  EXPECT_EQ(read(first + client(9, "p") + rest(0, kOver - 100)).back(), over[0])
      << "a ping takes nothing from the allowance";
}

TEST(WorkerdReader, Msg03_AMessageOfTheLimitIsDelivered) {
  Reader reader({.message_bytes_max = 10});
  reader.feed(client(2, "0123456789") + client(2, "01234", kWithMore) + client(0, "56789"));
  EXPECT_EQ(reader.next(), Event(BinaryMessage{"0123456789"}));
  EXPECT_EQ(reader.next(), Event(BinaryMessage{"0123456789"}));
}

TEST(WorkerdReader, Cle02_Cle04_ClosePayloadsAreNotJudged) {
  EXPECT_EQ(read(client(8, "")), Events{"close"});
  EXPECT_EQ(read(client(8, "a")), Events{"close"});
  for (const std::uint16_t code : {0, 999, 1000, 1004, 1005, 1006, 1015, 5000, 65535}) {
    EXPECT_EQ(read(client(8, encode_close({code, "r"}))),
              Events{"close " + std::to_string(code) + " \"r\""});
  }
  EXPECT_EQ(read(client(8, octets("03e8 ff 61 e282"))), Events{"close 1000 \"\xEF\xBF\xBD"
                                                               "a\xEF\xBF\xBD\""});
  EXPECT_EQ(read(client(8, encode_close({4000, Bytes(124, 'r')}))).size(), 1u);
  Reader reader({});
  reader.feed(client(8, octets("03e8 ff")));
  EXPECT_EQ(std::get<CloseReceived>(*reader.next()).payload, octets("03e8 ff"));
}

TEST(WorkerdReader, Msg05_CloseDropsAPartialMessageAndEndsReading) {
  EXPECT_EQ(read(client(1, "a", kWithMore) + client(8, encode_close({1001, "b"})) + client(0, "c")),
            Events{"close 1001 \"b\""});
}

TEST(WorkerdReader, Ext06_CompressionBitWithoutNegotiation) {
  EXPECT_EQ(kCompressed[0].size() - std::string_view("error 1002 \"\"").size(), 127u);
  EXPECT_EQ(read(client(1, "a", kWithRsv1)), kCompressed);
  EXPECT_EQ(read(client(8, "", kWithRsv1)), kCompressed);
  EXPECT_EQ(read(client(11, "a", kWithRsv1)), kCompressed);
  EXPECT_EQ(read(client(1, "a", {.fin = false, .rsv1 = true}) + client(0, "b")), kCompressed);
  EXPECT_EQ(read(client(1, "a", kWithMore) + client(0, "b", kWithRsv1)), kCompressed)
      << "the last frame's counts";
  EXPECT_EQ(read(client(1, "a", {.fin = false, .rsv1 = true}) + client(8, "")), kCompressed);
  EXPECT_EQ(read(client(1, "a", kWithMore) + client(0, "b", {.fin = false, .rsv1 = true}) +
                 client(0, "c")),
            Events{"text \"abc\""})
      << "a middle frame's does not";
  EXPECT_EQ(read(client(9, "p", kWithRsv1) + client(10, "q", kWithRsv1)),
            (Events{"ping \"p\"", "pong \"q\""}));
}

const Bytes kHello = octets("ca48cdc9c90700");

TEST(WorkerdReader, Ext04_CompressedAndPlainMessagesMayAlternate) {
  EXPECT_EQ(read_deflated(client(1, "hello") + client(2, kHello, kWithRsv1) +
                          client(1, octets("00"), kWithRsv1)),
            (Events{"text \"hello\"", "binary 68656c6c6f", "text \"\""}));
  EXPECT_EQ(
      read_deflated(client(1, kHello, kWithRsv1) + client(1, octets("ca00110000"), kWithRsv1)),
      (Events{"text \"hello\"", "text \"hello\""}));
}

TEST(WorkerdReader, CompressionBitAcrossFragments) {
  const Bytes head = kHello.substr(0, 2);
  const Bytes tail = kHello.substr(2);
  const FrameOptions more_rsv1{.fin = false, .rsv1 = true};
  const Events hello{"text \"hello\""};
  EXPECT_EQ(read_deflated(client(1, head, more_rsv1) + client(0, tail)), hello);
  EXPECT_EQ(read_deflated(client(1, head, more_rsv1) + client(0, tail, kWithRsv1)), hello);
  EXPECT_EQ(read_deflated(client(1, head, kWithMore) + client(0, tail, kWithRsv1)), hello);
  EXPECT_EQ(read_deflated(client(1, "a", kWithMore) + client(0, "b", more_rsv1) + client(0, "c")),
            Events{"text \"abc\""});
  EXPECT_EQ(read_deflated(client(1, head, more_rsv1) + client(9, "p") + client(0, tail)),
            (Events{"ping \"p\"", "text \"hello\""}));
  EXPECT_EQ(read_deflated(client(9, "abc", kWithRsv1)), Events{"ping \"abc\""});
  EXPECT_EQ(read_deflated(client(3, "a", kWithRsv1)), error("Unknown opcode 3"));
}

TEST(WorkerdReader, Ext05_InflateFaults) {
  EXPECT_EQ(read_deflated(client(1, octets("07"), kWithRsv1)), kInvalidData);
  const Reader::Options small{.message_bytes_max = 20, .deflate = DeflateParameters()};
  const Bytes bomb = Deflater({}, Role::kClient).compress(Bytes(21, 'x'));
  EXPECT_EQ(read_all(small, client(2, bomb, kWithRsv1)), error("Message is too large", 1009));
  EXPECT_EQ(read_all(small, client(2, bomb.substr(0, 2), {.fin = false, .rsv1 = true}) +
                                client(0, bomb.substr(2))),
            error("Message is too large", 1009));
}

TEST(WorkerdReader, Frame09_OneEventAtATime) {
  Reader reader({});
  reader.feed(client(1, "a") + client(9, "p") + client(3, ""));
  EXPECT_EQ(reader.next(), Event(TextMessage{"a"}));
  EXPECT_FALSE(reader.finished()) << "the bad frame has not been looked at";
  EXPECT_EQ(reader.next(), Event(Ping{"p"}));
  EXPECT_TRUE(std::holds_alternative<ProtocolError>(*reader.next()));
  EXPECT_TRUE(reader.finished());
  reader.feed(client(1, "late"));
  EXPECT_EQ(reader.next(), std::nullopt);
}

TEST(WorkerdReader, MidMessage) {
  const auto mid = [](std::string_view wire) {
    Reader reader({});
    testing::read_events(reader, wire);
    return reader.mid_message();
  };
  EXPECT_FALSE(mid(""));
  EXPECT_FALSE(mid(client(1, "a")));
  EXPECT_TRUE(mid(client(1, "a").substr(0, 1))) << "half a header";
  EXPECT_TRUE(mid(client(1, "abc").substr(0, 7))) << "half a payload";
  EXPECT_TRUE(mid(client(1, "", kWithMore))) << "between fragments";
  EXPECT_TRUE(mid(client(1, "a", kWithMore) + client(9, "")));
  EXPECT_FALSE(mid(client(1, "a", kWithMore) + client(0, "")));
  EXPECT_FALSE(mid(client(1, "a", kWithMore) + client(8, ""))) << "nothing will be read";
}

}  // namespace
}  // namespace torpor::websocket
