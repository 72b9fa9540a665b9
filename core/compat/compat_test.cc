#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/compat/flags.h"
#include "core/compat/parameters.h"

namespace torpor::compat {
namespace {

Flags flags_at(std::string_view date, std::vector<std::string> names = {}) {
  return std::get<Flags>(resolve_flags(date, names));
}

TEST(Flags, EachIsOffTheDayBeforeItsDateAndOnFromIt) {
  EXPECT_FALSE(flags_at("2023-08-14").web_socket_compression);
  EXPECT_TRUE(flags_at("2023-08-15").web_socket_compression);
  EXPECT_FALSE(flags_at("2026-03-02").websocket_close_reason_byte_limit);
  EXPECT_TRUE(flags_at("2026-03-03").websocket_close_reason_byte_limit);
  EXPECT_FALSE(flags_at("2026-03-16").websocket_standard_binary_type);
  EXPECT_TRUE(flags_at("2026-03-17").websocket_standard_binary_type);
  EXPECT_FALSE(flags_at("2026-04-06").web_socket_auto_reply_to_close);
  EXPECT_TRUE(flags_at("2026-04-07").web_socket_auto_reply_to_close);
  EXPECT_FALSE(flags_at("2026-09-14").spec_compliant_dispatch_exceptions);
  EXPECT_TRUE(flags_at("2026-09-15").spec_compliant_dispatch_exceptions);
}

TEST(Flags, ANameWinsOverTheDate) {
  EXPECT_TRUE(
      flags_at("2023-01-01", {"web_socket_auto_reply_to_close"}).web_socket_auto_reply_to_close);
  EXPECT_FALSE(
      flags_at("2026-11-01", {"web_socket_manual_reply_to_close"}).web_socket_auto_reply_to_close);
}

TEST(Flags, UnknownContradictoryOrMalformedIsAnError) {
  const std::vector<std::string> unknown = {"web_socket_telepathy"};
  const std::vector<std::string> both = {"web_socket_compression", "no_web_socket_compression"};
  EXPECT_THAT(std::get<FlagError>(resolve_flags("2026-01-01", unknown)).message,
              testing::HasSubstr("telepathy"));
  EXPECT_THAT(std::get<FlagError>(resolve_flags("2026-01-01", both)).message,
              testing::HasSubstr("exclude"));
  for (const char* date : {"2026-02-30", "2025-02-29", "2026-04-31", "2026-00-10", "2026-01-00"})
    EXPECT_TRUE(std::holds_alternative<FlagError>(resolve_flags(date, {}))) << date;
  EXPECT_TRUE(std::holds_alternative<Flags>(resolve_flags("2024-02-29", {})));
  EXPECT_THAT(std::get<FlagError>(resolve_flags("2026-13-01", {})).message,
              testing::HasSubstr("YYYY-MM-DD"));
}

TEST(Parameters, TheDocumentedAndTheObservedAttachmentLimitDiffer) {
  EXPECT_EQ(parameters_of(Profile::kDocumented).attachment_bytes_max, 2048);
  EXPECT_EQ(parameters_of(Profile::kParity).attachment_bytes_max, 16384);
}

TEST(Parameters, OneCanBeOverriddenByName) {
  Parameters parameters = parameters_of(Profile::kParity);
  EXPECT_EQ(override_parameter(parameters, "attachment_bytes_max=16383"), std::nullopt);
  EXPECT_EQ(parameters.attachment_bytes_max, 16383);
  EXPECT_THAT(*override_parameter(parameters, "attachment=1"),
              testing::HasSubstr("known: attachment_bytes_max"));
  EXPECT_THAT(*override_parameter(parameters, "attachment_bytes_max=lots"),
              testing::HasSubstr("whole number"));
  EXPECT_THAT(*override_parameter(parameters, "attachment_bytes_max"),
              testing::HasSubstr("NAME=VALUE"));
}

}  // namespace
}  // namespace torpor::compat
