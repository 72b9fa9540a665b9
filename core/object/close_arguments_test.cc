#include "core/object/close_arguments.h"

#include <gtest/gtest.h>

#include "core/object/js_error.h"

namespace torpor::object {
namespace {

const compat::Parameters kParity = compat::parameters_of(compat::Profile::kParity);

compat::Flags flags_at(std::string_view date) {
  return std::get<compat::Flags>(compat::resolve_flags(date, {}));
}

// "" when the arguments may be sent, else "name: message".
std::string refusal(std::optional<std::int32_t> code,
                    const std::optional<std::string>& reason = std::nullopt,
                    std::string_view date = "2026-11-01") {
  try {
    check_close_arguments(code, reason, kParity, flags_at(date));
    return "";
  } catch (const JsError& thrown) {
    return thrown.name + ": " + thrown.message;
  }
}

TEST(Close02, CodesFrom1000To4999MayBeSentButForTheReservedOnes) {
  for (std::int32_t code = -1; code <= 5001; ++code) {
    const bool reserved = code == 1004 || code == 1005 || code == 1006 || code == 1015;
    EXPECT_EQ(refusal(code).empty(), code >= 1000 && code <= 4999 && !reserved) << code;
  }
  EXPECT_EQ(refusal(1005), "InvalidAccessError: Invalid WebSocket close code: 1005.");
}

TEST(Close04, AReasonOver123OctetsIsRefusedFromItsDate) {
  EXPECT_EQ(refusal(1000, std::string(123, 'a')), "");
  EXPECT_EQ(
      refusal(1000, std::string(124, 'a')),
      "SyntaxError: WebSocket close reason must not be longer than 123 bytes when UTF-8 encoded.");
  EXPECT_EQ(refusal(1000, std::string(124, 'a'), "2026-03-02"), "");
}

TEST(Close05, AReasonNeedsACode) {
  EXPECT_EQ(
      refusal(std::nullopt, ""),
      "InvalidAccessError: If you specify a WebSocket close reason, you must also specify a code.");
}

TEST(Close01, TheCodeIsCheckedFirstAndTheLengthBeforeTheMissingCode) {
  EXPECT_EQ(refusal(1, std::string(124, 'a')),
            "InvalidAccessError: Invalid WebSocket close code: 1.");
  EXPECT_EQ(refusal(std::nullopt, std::string(124, 'a')).substr(0, 11), "SyntaxError");
}

TEST(Close07, WithoutACodeThePayloadIsEmpty) {
  EXPECT_EQ(close_payload(std::nullopt, std::nullopt), "");
  EXPECT_EQ(close_payload(1000, std::nullopt), std::string("\x03\xe8", 2));
  EXPECT_EQ(close_payload(4999, "x"), "\x13\x87x");
}

}  // namespace
}  // namespace torpor::object
