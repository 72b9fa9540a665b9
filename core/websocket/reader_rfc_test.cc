// The strict policy: RFC 6455 and RFC 7692 as they are written.
#include <gtest/gtest.h>

#include "core/websocket/close.h"
#include "core/websocket/reader.h"
#include "core/websocket/testing.h"
#include "core/websocket/wording.h"

namespace torpor::websocket {
namespace {

using testing::client;
using testing::octets;

constexpr FrameOptions kMore{.fin = false};
constexpr FrameOptions kRsv1{.rsv1 = true};

// "ok" when the last event is no error, else the name of its fault and its code.
std::string verdict(std::string_view wire, Reader::Options options = {}) {
  options.policy = Policy::rfc6455();
  Reader reader(options);
  const auto events = testing::read_events(reader, wire);
  if (events.empty()) return "nothing";
  const auto* error = std::get_if<ProtocolError>(&events.back());
  if (!error) return "ok";
  return std::string(name_of(error->fault)) + " " + std::to_string(error->status_code);
}

std::string deflated_verdict(std::string_view wire) {
  return verdict(wire, {.deflate = DeflateParameters()});
}

TEST(StrictReader, Rfc6455_5_1_ClientsMaskServersDoNot) {
  EXPECT_EQ(verdict(client(1, "a")), "ok");
  EXPECT_EQ(verdict(make_frame(1, "a")), "unmasked-frame 1002");
  EXPECT_EQ(verdict(make_frame(1, "a"), {.role = Role::kClient}), "ok");
  EXPECT_EQ(verdict(client(1, "a"), {.role = Role::kClient}), "masked-frame 1002");
}

TEST(StrictReader, Rfc6455_5_2_ReservedBitsAndOpcodes) {
  EXPECT_EQ(verdict(client(1, "", {.rsv1 = true})), "unnegotiated-compression 1002");
  EXPECT_EQ(verdict(client(1, "", {.rsv2 = true})), "reserved-bits 1002");
  EXPECT_EQ(verdict(client(1, "", {.rsv3 = true})), "reserved-bits 1002");
  for (const std::uint8_t opcode : {3, 4, 5, 6, 7, 11, 12, 13, 14, 15}) {
    EXPECT_EQ(verdict(client(opcode, "payload").substr(0, 6)), "unknown-opcode 1002")
        << int{opcode};
  }
}

TEST(StrictReader, Rfc6455_5_2_LengthsInTheirShortestForm) {
  EXPECT_EQ(verdict(client(2, Bytes(125, 'x'))), "ok");
  EXPECT_EQ(verdict(client(2, Bytes(125, 'x'), {.length_form = LengthForm::k16})),
            "length-not-minimal 1002");
  EXPECT_EQ(verdict(client(2, Bytes(126, 'x'))), "ok");
  EXPECT_EQ(verdict(client(2, Bytes(65535, 'x'))), "ok");
  EXPECT_EQ(verdict(client(2, Bytes(65535, 'x'), {.length_form = LengthForm::k64})),
            "length-not-minimal 1002");
  EXPECT_EQ(verdict(client(2, Bytes(65536, 'x'))), "ok");
  EXPECT_EQ(verdict(client(2, "", {.declared_size = std::uint64_t{1} << 63})),
            "length-top-bit 1002");
  EXPECT_EQ(verdict(client(2, "", {.declared_size = (std::uint64_t{1} << 63) - 1})),
            "message-too-large 1009");
}

TEST(StrictReader, Rfc6455_5_4_Fragmentation) {
  EXPECT_EQ(verdict(client(0, "")), "unexpected-continuation 1002");
  EXPECT_EQ(verdict(client(1, "", kMore) + client(2, "")), "missing-continuation 1002");
  EXPECT_EQ(verdict(client(1, "", kMore) + client(0, "") + client(0, "")),
            "unexpected-continuation 1002");
  EXPECT_EQ(verdict(client(1, "a", kMore) + client(9, "") + client(0, "")), "ok");
}

TEST(StrictReader, Rfc6455_5_5_ControlFramesAreShortAndWhole) {
  EXPECT_EQ(verdict(client(9, Bytes(125, 'x'))), "ok");
  EXPECT_EQ(verdict(client(9, Bytes(126, 'x'))), "control-too-long 1002");
  EXPECT_EQ(verdict(client(9, "", kMore)), "fragmented-control 1002");
}

TEST(StrictReader, Rfc6455_5_5_1_ClosePayloads) {
  EXPECT_EQ(verdict(client(8, "")), "ok");
  EXPECT_EQ(verdict(client(8, "a")), "invalid-close-payload 1002");
  EXPECT_EQ(verdict(client(8, encode_close({1000, Bytes(123, 'r')}))), "ok");
  EXPECT_EQ(verdict(client(8, encode_close({1000, "\xC3\xA9"}))), "ok");
  EXPECT_EQ(verdict(client(8, encode_close({1000, "\xC3"}))), "invalid-utf8 1007");
}

TEST(StrictReader, Rfc6455_7_4_CloseCodes) {
  for (const std::uint16_t code :
       {1000, 1001, 1002, 1003, 1007, 1011, 1014, 3000, 3999, 4000, 4999}) {
    EXPECT_EQ(verdict(client(8, encode_close({code, ""}))), "ok") << code;
  }
  for (const std::uint16_t code : {0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535}) {
    EXPECT_EQ(verdict(client(8, encode_close({code, ""}))), "invalid-close-code 1002") << code;
  }
}

TEST(StrictReader, Rfc6455_8_1_TextIsUtf8) {
  EXPECT_EQ(verdict(client(1, "\xE2\x82\xAC")), "ok");
  EXPECT_EQ(verdict(client(1, "\xE2", kMore) + client(0, "\x82\xAC")), "ok");
  EXPECT_EQ(verdict(client(1, "\xE2\x82")), "invalid-utf8 1007") << "cut short";
  EXPECT_EQ(verdict(client(1, "\xE2\x82", kMore) + client(0, "")), "invalid-utf8 1007");
  EXPECT_EQ(verdict(client(2, "\xFF")), "ok") << "binary may be anything";
  EXPECT_EQ(verdict(client(1, "\xE2\x82", kMore) + client(9, "\xFF") + client(0, "\xAC")), "ok");
  EXPECT_EQ(verdict(client(1, "a") + client(1, "\xE2\x82\xAC") + client(1, "\x80")),
            "invalid-utf8 1007");
}

TEST(StrictReader, Rfc6455_8_1_FailsFastInsideAFrameAndAFragment) {
  const Bytes frame = client(1, "ab\xFF and more");
  EXPECT_EQ(verdict(frame.substr(0, 8)), "nothing");
  EXPECT_EQ(verdict(frame.substr(0, 9)), "invalid-utf8 1007");
  EXPECT_EQ(verdict(client(1, "\xE2\x82", kMore) + client(0, "\xE2", kMore)), "invalid-utf8 1007");
}

TEST(StrictReader, Rfc7692_6_CompressionBitOnlyOnTheFirstFrame) {
  const Bytes hello = octets("ca48cdc9c90700");
  EXPECT_EQ(deflated_verdict(client(1, hello, kRsv1)), "ok");
  EXPECT_EQ(deflated_verdict(client(9, "", kRsv1)), "misplaced-compression 1002");
  EXPECT_EQ(deflated_verdict(client(1, "", kMore) + client(0, "", kRsv1)),
            "misplaced-compression 1002");
  EXPECT_EQ(deflated_verdict(client(1, hello.substr(0, 3), {.fin = false, .rsv1 = true}) +
                             client(0, hello.substr(3))),
            "ok");
}

// The bit between the ends of a message is ignored where it is not forbidden: the text stays plain.
TEST(StrictReader, IgnoredCompressionBitDoesNotHideBadText) {
  Reader reader({.policy = {.restrict_rsv1 = false}, .deflate = DeflateParameters()});
  const auto events = testing::read_events(
      reader, client(1, "a", kMore) + client(0, "\xFF", {.fin = false, .rsv1 = true}));
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(std::get<ProtocolError>(events[0]).fault, Fault::kInvalidUtf8);
}

TEST(StrictReader, Rfc7692_BadDataAndBadTextInsideIt) {
  EXPECT_EQ(deflated_verdict(client(1, octets("07"), kRsv1)), "invalid-compressed-data 1002");
  const auto compressed = [](std::string_view text) {
    return Deflater({}, Role::kClient).compress(text);
  };
  EXPECT_EQ(deflated_verdict(client(1, compressed("\xC3\xA9"), kRsv1)), "ok");
  EXPECT_EQ(deflated_verdict(client(1, compressed("\xC3"), kRsv1)), "invalid-utf8 1007");
  EXPECT_EQ(deflated_verdict(client(1, compressed("\xFF"), kRsv1)), "invalid-utf8 1007");
  EXPECT_EQ(deflated_verdict(client(2, compressed("\xFF"), kRsv1)), "ok");
}

// A strict end does not answer a fault with a frame that is itself illegal (EXT-06).
TEST(StrictReader, DescriptionsFitIntoACloseFrame) {
  for (int fault = 0; fault <= static_cast<int>(Fault::kInvalidCloseCode); ++fault) {
    const std::string description =
        describe(static_cast<Fault>(fault), {.opcode = 15,
                                             .payload_size = ~std::uint64_t{0},
                                             .allowance = ~std::uint64_t{0},
                                             .fits_control_frame = true});
    EXPECT_FALSE(description.empty());
    EXPECT_LE(description.size(), kCloseReasonBytesMax) << description;
  }
}

}  // namespace
}  // namespace torpor::websocket
