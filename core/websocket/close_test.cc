#include "core/websocket/close.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/websocket/testing.h"

namespace torpor::websocket {
namespace {

TEST(Close, Close07_NoCodeIsAnEmptyPayload) {
  EXPECT_EQ(encode_close({}), "");
}

TEST(Close, Rfc6455_5_5_1_CodeIsBigEndianThenReason) {
  EXPECT_EQ(testing::hex(encode_close({1000, "bye"})), "03e8627965");
}

// CLE-02: such a payload is a close without a code.
TEST(Close, Cle02_FewerThanTwoOctetsCarryNoCode) {
  EXPECT_EQ(decode_close(""), ClosePayload());
  EXPECT_EQ(decode_close("\x03"), ClosePayload());
  EXPECT_EQ(decode_close(std::string_view("\0\0", 2)), (ClosePayload{0, ""}));
}

TEST(Close, Rfc6455_7_4_CodesThatMayBeReceived) {
  for (int code = 0; code <= 0xFFFF; ++code) {
    const bool defined = (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014);
    const bool registered_or_private = code >= 3000 && code <= 4999;
    EXPECT_EQ(is_valid_received_code(static_cast<std::uint16_t>(code)),
              defined || registered_or_private)
        << code;
  }
}

RC_GTEST_PROP(CloseProperty, RoundTrip, (std::uint16_t code, const std::string& reason)) {
  const ClosePayload close{code, reason};
  RC_ASSERT(decode_close(encode_close(close)) == close);
}

TEST(CloseDeathTest, AReasonNeedsACode) {
  EXPECT_DEATH(encode_close({std::nullopt, "r"}), "reason");
}

}  // namespace
}  // namespace torpor::websocket
