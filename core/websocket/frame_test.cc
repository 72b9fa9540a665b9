#include "core/websocket/frame.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/websocket/frame_reader.h"
#include "core/websocket/mask.h"
#include "core/websocket/testing.h"

namespace torpor::websocket {
namespace {

using testing::hex;
using testing::octets;

std::string header_hex(std::uint64_t size, LengthForm form = LengthForm::kMinimal) {
  Bytes out;
  append_frame_header(out, {.opcode = 2, .length_form = form, .payload_size = size});
  return hex(out);
}

std::optional<FrameHeader> read_header(std::string_view bytes) {
  FrameHeaderReader reader;
  return reader.read(bytes);
}

// RFC 6455 5.7: the examples of the specification.
TEST(Frame, SpecificationExamples) {
  EXPECT_EQ(hex(make_frame(Opcode::kText, "Hello")), "810548656c6c6f");
  EXPECT_EQ(hex(make_frame(Opcode::kText, "Hello", {.mask_key = 0x37FA213D})),
            "818537fa213d7f9f4d5158");
  EXPECT_EQ(hex(make_frame(Opcode::kText, "Hel", {.fin = false})), "010348656c");
  EXPECT_EQ(hex(make_frame(Opcode::kContinuation, "lo")), "80026c6f");
  EXPECT_EQ(hex(make_frame(Opcode::kPing, "Hello")), "890548656c6c6f");
  EXPECT_EQ(hex(make_frame(Opcode::kBinary, Bytes(256, 'x'))).substr(0, 8), "827e0100");
  EXPECT_EQ(hex(make_frame(Opcode::kBinary, Bytes(65536, 'x'))).substr(0, 20),
            "827f0000000000010000");
}

// RFC 6455 5.2: 7 bits up to 125, 16 bits up to 65535, 64 bits above.
TEST(Frame, LengthBoundariesUseTheShortestForm) {
  EXPECT_EQ(header_hex(0), "8200");
  EXPECT_EQ(header_hex(1), "8201");
  EXPECT_EQ(header_hex(125), "827d");
  EXPECT_EQ(header_hex(126), "827e007e");
  EXPECT_EQ(header_hex(65535), "827effff");
  EXPECT_EQ(header_hex(65536), "827f0000000000010000");
  EXPECT_EQ(header_hex(std::uint64_t{1} << 63), "827f8000000000000000");
  EXPECT_EQ(header_hex(~std::uint64_t{0}), "827fffffffffffffffff");
}

TEST(Frame, LongerFormsCanBeWrittenAndAreNoticed) {
  EXPECT_EQ(header_hex(2, LengthForm::k16), "827e0002");
  EXPECT_EQ(header_hex(2, LengthForm::k64), "827f0000000000000002");
  EXPECT_EQ(read_header(octets("827e007d"))->length_form, LengthForm::k16);
  EXPECT_EQ(read_header(octets("827e007e"))->length_form, LengthForm::kMinimal);
  EXPECT_EQ(read_header(octets("827f000000000000ffff"))->length_form, LengthForm::k64);
  EXPECT_EQ(read_header(octets("827f0000000000010000"))->length_form, LengthForm::kMinimal);
}

TEST(Frame, DeclaredSizeReplacesTheRealOne) {
  EXPECT_EQ(hex(make_frame(Opcode::kText, "hi", {.declared_size = 5})), "81056869");
  EXPECT_EQ(hex(make_frame(Opcode::kText, "", {.declared_size = std::uint64_t{1} << 40})),
            "817f0000010000000000");
}

TEST(Frame, EveryBitOfTheFirstOctetIsIndependent) {
  EXPECT_EQ(hex(make_frame(std::uint8_t{15}, "", {.fin = false})), "0f00");
  EXPECT_EQ(hex(make_frame(std::uint8_t{0}, "", {.fin = false, .rsv1 = true})), "4000");
  EXPECT_EQ(hex(make_frame(std::uint8_t{0}, "", {.fin = false, .rsv2 = true})), "2000");
  EXPECT_EQ(hex(make_frame(std::uint8_t{0}, "", {.fin = false, .rsv3 = true})), "1000");
  for (int first = 0; first < 256; ++first) {
    const char wire[] = {static_cast<char>(first), 0};
    Bytes again;
    append_frame_header(again, read_header(std::string_view(wire, 2)).value());
    EXPECT_EQ(again, std::string_view(wire, 2));
  }
}

rc::Gen<FrameHeader> any_header() {
  return rc::gen::exec([] {
    FrameHeader header{.fin = *rc::gen::arbitrary<bool>(),
                       .rsv1 = *rc::gen::arbitrary<bool>(),
                       .rsv2 = *rc::gen::arbitrary<bool>(),
                       .rsv3 = *rc::gen::arbitrary<bool>(),
                       .opcode = *rc::gen::inRange<std::uint8_t>(0, 16),
                       .masked = *rc::gen::arbitrary<bool>()};
    const auto size = *rc::gen::arbitrary<std::uint64_t>();
    header.payload_size = size >> *rc::gen::inRange(0, 64);
    if (header.masked) header.mask_key = *rc::gen::arbitrary<std::uint32_t>();
    return header;
  });
}

RC_GTEST_PROP(FrameProperty, HeaderReadsBackFromAnyPieces, ()) {
  const FrameHeader header = *any_header().as("header");
  Bytes wire;
  append_frame_header(wire, header);
  RC_ASSERT(wire.size() <= kFrameHeaderBytesMax);
  const std::size_t cut = *rc::gen::inRange<std::size_t>(0, wire.size());
  FrameHeaderReader reader;
  std::string_view first = std::string_view(wire).substr(0, cut);
  RC_ASSERT(!reader.read(first));
  RC_ASSERT(first.empty());
  RC_ASSERT(reader.mid_header() == (cut > 0));
  const Bytes rest = wire.substr(cut) + "after";
  std::string_view second = rest;
  RC_ASSERT(reader.read(second) == header);
  RC_ASSERT(second == "after");
  RC_ASSERT(!reader.mid_header());
}

// RFC 6455 5.3: octet i is XORed with octet i modulo 4 of the key; twice is nothing.
RC_GTEST_PROP(MaskProperty, EachOctetAndInvolution, (const std::string& data, std::uint32_t key)) {
  std::string masked = data;
  const auto offset = *rc::gen::inRange<std::uint64_t>(0, 9);
  apply_mask(masked.data(), masked.size(), key, offset);
  for (std::size_t i = 0; i < data.size(); ++i) {
    const auto key_octet = static_cast<char>(key >> (24 - 8 * ((i + offset) % 4)));
    RC_ASSERT(masked[i] == static_cast<char>(data[i] ^ key_octet));
  }
  apply_mask(masked.data(), masked.size(), key, offset);
  RC_ASSERT(masked == data);
}

RC_GTEST_PROP(MaskProperty, PiecesMaskLikeTheWhole, (const std::string& data, std::uint32_t key)) {
  const auto cut = *rc::gen::inRange<std::size_t>(0, data.size() + 1);
  std::string whole = data;
  std::string pieces = data;
  apply_mask(whole.data(), whole.size(), key);
  apply_mask(pieces.data(), cut, key);
  apply_mask(pieces.data() + cut, data.size() - cut, key, cut);
  RC_ASSERT(whole == pieces);
}

RC_GTEST_PROP(FrameReaderProperty, FramesReadBackOctetByOctet, ()) {
  std::vector<Frame> frames;
  Bytes wire;
  for (int i = *rc::gen::inRange(0, 4); i > 0; --i) {
    Frame frame{*any_header(), *rc::gen::arbitrary<std::string>()};
    frame.header.payload_size = frame.payload.size();
    append_frame_header(wire, frame.header);
    wire.append(frame.payload);
    apply_mask(wire.data() + wire.size() - frame.payload.size(), frame.payload.size(),
               frame.header.mask_key);
    frames.push_back(std::move(frame));
  }
  FrameReader reader;
  std::vector<Frame> read;
  for (const char octet : wire) {
    reader.feed(std::string_view(&octet, 1));
    while (auto frame = reader.next()) read.push_back(std::move(*frame));
  }
  RC_ASSERT(read == frames);
  RC_ASSERT(!reader.mid_frame());
}

TEST(FrameReader, HoldsAnUnfinishedFrame) {
  FrameReader reader;
  reader.feed(octets("8105 4865"));
  EXPECT_FALSE(reader.next());
  EXPECT_TRUE(reader.mid_frame());
  reader.feed("llo");
  EXPECT_EQ(reader.next()->payload, "Hello");
  EXPECT_FALSE(reader.mid_frame());
}

}  // namespace
}  // namespace torpor::websocket
