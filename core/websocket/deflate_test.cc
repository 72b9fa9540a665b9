#include "core/websocket/deflate.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/websocket/testing.h"

namespace torpor::websocket {
namespace {

using testing::hex;
using testing::octets;

constexpr std::uint64_t kMax = 1 << 20;

// What one message inflates to, or the name of the fault.
std::string inflate(Inflater& inflater, std::string_view payload, std::uint64_t bytes_max = kMax) {
  Bytes out;
  const auto fault = inflater.decompress(payload, bytes_max, out);
  return fault ? std::string(name_of(*fault)) : out;
}

Inflater inflater(DeflateParameters parameters = {}) {
  return Inflater(parameters, Role::kClient);
}

// RFC 7692 7.2.3.1 to 7.2.3.5.
TEST(Deflate, SpecificationExamples) {
  Inflater it = inflater();
  EXPECT_EQ(inflate(it, octets("f248cdc9c90700")), "Hello");
  EXPECT_EQ(inflate(it, octets("f200110000")), "Hello") << "refers back to the first message";
  EXPECT_EQ(inflate(it, octets("000500faff48656c6c6f00")), "Hello") << "stored block";
  EXPECT_EQ(inflate(it, octets("f348cdc9c9070000")), "Hello") << "final block";
  EXPECT_EQ(inflate(it, octets("f24805000000ffffcac9c90700")), "Hello") << "two blocks";
}

// What workerd 1.20261117.1 sent on one connection, to the octet.
TEST(Deflate, Ext04_OctetsAreThoseOfWorkerd) {
  Deflater takeover({}, Role::kServer);
  EXPECT_EQ(hex(takeover.compress("hello")), "ca48cdc9c90700");
  EXPECT_EQ(hex(takeover.compress("hello")), "ca00110000");
  EXPECT_EQ(hex(takeover.compress("")), "00");
  EXPECT_EQ(hex(takeover.compress("")), "00");
  EXPECT_EQ(hex(takeover.compress("hello")), "02130000");
  EXPECT_EQ(hex(takeover.compress("a")), "4a0400");
  Deflater none({.server_no_context_takeover = true}, Role::kServer);
  EXPECT_EQ(hex(none.compress("hello")), "ca48cdc9c90700");
  EXPECT_EQ(hex(none.compress("hello")), "ca48cdc9c90700");
  EXPECT_EQ(hex(none.compress("")), "00");
  Deflater smallest({.server_max_window_bits = 8}, Role::kServer);
  EXPECT_EQ(hex(smallest.compress("hello")), "ca48cdc9c90700");
  EXPECT_EQ(hex(smallest.compress(Bytes(600, 'x'))), "aa1805a380060000");
}

TEST(Deflate, Rfc7692_7_1_1_NoContextTakeoverForgetsTheLastMessage) {
  Inflater keeps = inflater();
  Inflater forgets = inflater({.client_no_context_takeover = true});
  for (Inflater* it : {&keeps, &forgets})
    EXPECT_EQ(inflate(*it, octets("ca48cdc9c90700")), "hello");
  EXPECT_EQ(inflate(keeps, octets("ca00110000")), "hello");
  EXPECT_EQ(inflate(forgets, octets("ca00110000")), "invalid-compressed-data");
}

TEST(Deflate, Ext05_BadData) {
  for (const char* bad : {"07", "0005000000", "02130000", "ffffffffffffffffffff"}) {
    Inflater it = inflater();
    EXPECT_EQ(inflate(it, octets(bad)), "invalid-compressed-data") << bad;
  }
}

// Each observed on workerd: it inflates one endless stream, message boundaries notwithstanding.
TEST(Deflate, TruncatedMessagesBleedIntoTheirTail) {
  Inflater symbols = inflater();
  EXPECT_EQ(inflate(symbols, octets("ca48cd")), "heh");
  Inflater stored = inflater();
  EXPECT_EQ(hex(inflate(stored, octets("000a00f5ff6162"))), "61620000ffff");
  EXPECT_EQ(inflate(stored, octets("ca48cdc9c90700")), "invalid-compressed-data");
  Inflater empty = inflater();
  EXPECT_EQ(inflate(empty, ""), "");
  EXPECT_EQ(hex(inflate(empty, "")), "00ffff") << "a stored block began in the first tail";
}

TEST(Deflate, AFinalBlockEndsTheMessageAndTheContext) {
  const Bytes final_hello = octets("cb48cdc9c90700");
  for (const char* ignored : {"", "ff", "ffffffff", "ca48cdc9c90700"}) {
    Inflater it = inflater();
    EXPECT_EQ(inflate(it, final_hello + octets(ignored)), "hello") << ignored;
    EXPECT_EQ(inflate(it, octets("ca48cdc9c90700")), "hello");
  }
  Inflater it = inflater();
  EXPECT_EQ(inflate(it, final_hello), "hello");
  EXPECT_EQ(inflate(it, octets("ca00110000")), "invalid-compressed-data");
}

TEST(Deflate, Ext05_InflatedSizeLimitIsInclusive) {
  for (const std::size_t size : {std::size_t{4096}, std::size_t{100'000}}) {
    const Bytes payload = Deflater({}, Role::kClient).compress(Bytes(size, 'x'));
    Inflater exact = inflater();
    EXPECT_EQ(inflate(exact, payload, size).size(), size);
    Inflater over = inflater();
    EXPECT_EQ(inflate(over, payload, size - 1), "inflated-too-large");
  }
}

// Observed on workerd: with 9 window bits a distance of 513 is bad at a step of 4,096 octets, good
// after.
TEST(Deflate, MatchesReachBeyondTheWindowWithinAStep) {
  const auto message = [](std::size_t stored_size) {
    const auto low = static_cast<char>(stored_size & 0xFF);
    const auto high = static_cast<char>(stored_size >> 8);
    Bytes out{0, low, high, static_cast<char>(~low), static_cast<char>(~high)};
    for (std::size_t i = 0; i < stored_size; ++i) out.push_back(static_cast<char>(i * 7 + i / 251));
    return out + octets("4224000000");  // one match of length 10 at distance 513, end of block
  };
  const DeflateParameters nine{.client_max_window_bits = 9};
  for (const std::size_t step : {4096, 8192}) {
    Inflater at_step = inflater(nine);
    EXPECT_EQ(inflate(at_step, message(step)), "invalid-compressed-data");
    Inflater after_step = inflater(nine);
    EXPECT_EQ(inflate(after_step, message(step + 1)).size(), step + 11);
  }
}

rc::Gen<std::string> message() {
  return rc::gen::exec([] {
    std::string out;
    for (int words = *rc::gen::inRange(0, 12); words > 0; --words) {
      const auto word =
          *rc::gen::element<std::string>("hello ", "a", std::string(300, 'b'), "\0\1\2");
      for (int times = *rc::gen::inRange(1, 40); times > 0; --times) out += word;
      out += *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
    }
    return out;
  });
}

// Every window size, every combination of context takeover, both directions.
RC_GTEST_PROP(DeflateProperty, RoundTrip, ()) {
  DeflateParameters parameters{.server_no_context_takeover = *rc::gen::arbitrary<bool>(),
                               .client_no_context_takeover = *rc::gen::arbitrary<bool>(),
                               .server_max_window_bits = *rc::gen::inRange(8, 16),
                               .client_max_window_bits = *rc::gen::inRange(8, 16)};
  const Role sender = *rc::gen::element(Role::kServer, Role::kClient);
  Deflater deflater(parameters, sender);
  Inflater inflater(parameters, sender);
  for (int count = *rc::gen::inRange(1, 5); count > 0; --count) {
    const std::string text = *message();
    Bytes out = "kept ";
    RC_ASSERT(!inflater.decompress(deflater.compress(text), text.size(), out));
    RC_ASSERT(out == "kept " + text);
  }
}

TEST(Deflate, RoundTripOfEveryCombination) {
  for (int bits = kWindowBitsMin; bits <= kWindowBitsMax; ++bits) {
    for (const bool no_takeover : {false, true}) {
      const DeflateParameters parameters{.server_no_context_takeover = no_takeover,
                                         .server_max_window_bits = bits};
      Deflater deflater(parameters, Role::kServer);
      Inflater it(parameters, Role::kServer);
      Bytes text;
      for (int i = 0; i < 20'000; ++i) text.push_back(static_cast<char>(i * i >> 5));
      for (int repeat = 0; repeat < 3; ++repeat) {
        EXPECT_EQ(inflate(it, deflater.compress(text)), text) << bits << no_takeover;
      }
    }
  }
}

RC_GTEST_PROP(DeflateProperty, AnyOctetsInflateOrFailWithinTheLimit, (const std::string& soup)) {
  Inflater it = inflater({.client_max_window_bits = *rc::gen::inRange(8, 16)});
  for (int i = 0; i < 3; ++i) {
    Bytes out;
    const auto fault = it.decompress(soup, 500, out);
    RC_ASSERT(out.size() <= 500);
    if (fault) break;
  }
}

}  // namespace
}  // namespace torpor::websocket
