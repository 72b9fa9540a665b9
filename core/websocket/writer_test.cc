#include "core/websocket/writer.h"

#include <gtest/gtest.h>

#include "core/websocket/frame_reader.h"
#include "core/websocket/testing.h"

namespace torpor::websocket {
namespace {

using testing::hex;

TEST(Writer, Send05_OneUnfragmentedUnmaskedFrame) {
  Writer writer({});
  EXPECT_EQ(hex(writer.text("hi")), "81026869");
  EXPECT_EQ(hex(writer.binary("hi")), "82026869");
  EXPECT_EQ(hex(writer.ping("p")), "890170");
  EXPECT_EQ(hex(writer.pong("p")), "8a0170");
  EXPECT_EQ(hex(writer.text("")), "8100");
}

TEST(Writer, Close07_CloseWithAndWithoutCode) {
  Writer writer({});
  EXPECT_EQ(hex(writer.close({})), "8800");
  EXPECT_EQ(hex(writer.close({3001, "srv"})), "88050bb9737276");
  EXPECT_EQ(hex(writer.close_raw("a")), "880161");
}

// EXT-06: 127 octets of reason make a close frame that is itself illegal.
TEST(Writer, Ext06_OverlongCloseFramesAreWritten) {
  EXPECT_EQ(hex(Writer({}).close({1002, Bytes(127, 'r')})).substr(0, 12), "887e008103ea");
}

TEST(Writer, Send09_TextIsNotValidated) {
  EXPECT_EQ(hex(Writer({}).text("\xED\xA0\x80")), "8103eda080");
}

TEST(Writer, Rfc6455_5_3_MasksWithTheGivenKey) {
  Writer writer({.role = Role::kClient});
  EXPECT_EQ(hex(writer.text("Hello", 0x37FA213D)), "818537fa213d7f9f4d5158");
  EXPECT_EQ(hex(writer.close({}, 0)), "888000000000");
}

// EXT-04: every data frame is compressed whatever its size, control frames never.
TEST(Writer, Ext04_CompressesEveryDataFrame) {
  Writer writer({.role = Role::kServer, .deflate = DeflateParameters()});
  EXPECT_EQ(hex(writer.text("hello")), "c107ca48cdc9c90700");
  EXPECT_EQ(hex(writer.text("hello")), "c105ca00110000") << "refers back";
  EXPECT_EQ(hex(writer.binary("")), "c20100");
  EXPECT_EQ(hex(writer.ping("hello")), "890568656c6c6f");
  EXPECT_EQ(hex(writer.close({1000, "hello"})), "880703e868656c6c6f");
}

TEST(Writer, Rfc7692_7_1_EachRoleObeysItsOwnParameters) {
  const DeflateParameters parameters{.client_no_context_takeover = true};
  Writer server({.role = Role::kServer, .deflate = parameters});
  Writer client({.role = Role::kClient, .deflate = parameters});
  EXPECT_EQ(server.text("hello").size(), client.text("hello").size());
  EXPECT_LT(server.text("hello").size(), client.text("hello").size());
}

}  // namespace
}  // namespace torpor::websocket
