#include "core/websocket/handshake.h"

#include <gtest/gtest.h>

namespace torpor::websocket {
namespace {

TEST(Handshake, Rfc6455_1_3_AcceptKeyOfTheSpecification) {
  EXPECT_EQ(accept_key("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST(Handshake, Upg04_AnyKeyIsHashedAsItIs) {
  EXPECT_EQ(accept_key("x"), "JVxkmtKFjDcI/Pm/AGPEKSN6wT8=");
}

TEST(Handshake, Rfc6455_4_1_KeyIsBase64OfSixteenOctets) {
  EXPECT_EQ(make_key({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}),
            "AQIDBAUGBwgJCgsMDQ4PEA==");
}

// RFC 4648 section 10.
TEST(Handshake, Base64TestVectors) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
  EXPECT_EQ(base64("foob"), "Zm9vYg==");
  EXPECT_EQ(base64("fooba"), "Zm9vYmE=");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64("\xFB\xFF\xFE"), "+//+");
}

}  // namespace
}  // namespace torpor::websocket
