#include "core/compat/flags.h"

#include <array>
#include <optional>

namespace torpor::compat {
namespace {

constexpr std::array<FlagRule, 7> kFlagRules = {{
    {"web_socket_compression", "no_web_socket_compression", "2023-08-15",
     &Flags::web_socket_compression},
    {"delete_all_deletes_alarm", "delete_all_preserves_alarm", "2026-02-24",
     &Flags::delete_all_deletes_alarm},
    {"websocket_close_reason_byte_limit", "no_websocket_close_reason_byte_limit", "2026-03-03",
     &Flags::websocket_close_reason_byte_limit},
    {"websocket_standard_binary_type", "no_websocket_standard_binary_type", "2026-03-17",
     &Flags::websocket_standard_binary_type},
    {"web_socket_auto_reply_to_close", "web_socket_manual_reply_to_close", "2026-04-07",
     &Flags::web_socket_auto_reply_to_close},
    {"spec_compliant_dispatch_exceptions", "no_spec_compliant_dispatch_exceptions", "2026-09-15",
     &Flags::spec_compliant_dispatch_exceptions},
    {"pedantic_wpt", "non_pedantic_wpt", kNeverByDate, &Flags::pedantic_wpt},
}};

bool is_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i != 4 && i != 7 && (text[i] < '0' || text[i] > '9')) return false;
  }
  const int month = (text[5] - '0') * 10 + (text[6] - '0');
  const int day = (text[8] - '0') * 10 + (text[9] - '0');
  const int year =
      (text[0] - '0') * 1000 + (text[1] - '0') * 100 + (text[2] - '0') * 10 + (text[3] - '0');
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  constexpr std::array kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (month < 1 || month > 12) return false;
  const int days = kDays[static_cast<std::size_t>(month - 1)] + (month == 2 && leap ? 1 : 0);
  return day >= 1 && day <= days;
}

// What the list of names says of one flag; nothing when it is not named.
std::variant<std::optional<bool>, FlagError> named(const FlagRule& rule,
                                                   std::span<const std::string> names) {
  std::optional<bool> value;
  for (const std::string& name : names) {
    if (name != rule.enable && name != rule.disable) continue;
    const bool on = name == rule.enable;
    if (value && *value != on) {
      return FlagError{"compatibility flags " + std::string(rule.enable) + " and " +
                       std::string(rule.disable) + " exclude each other"};
    }
    value = on;
  }
  return value;
}

bool is_known(std::string_view name) {
  for (const FlagRule& rule : kFlagRules) {
    if (name == rule.enable || name == rule.disable) return true;
  }
  return false;
}

}  // namespace

std::span<const FlagRule> flag_rules() {
  return kFlagRules;
}

std::variant<Flags, FlagError> resolve_flags(std::string_view date,
                                             std::span<const std::string> names) {
  if (!is_date(date)) {
    return FlagError{"'" + std::string(date) + "' is not a compatibility date; write YYYY-MM-DD"};
  }
  for (const std::string& name : names) {
    if (!is_known(name)) return FlagError{"unknown compatibility flag '" + name + "'"};
  }
  Flags flags;
  for (const FlagRule& rule : kFlagRules) {
    auto choice = named(rule, names);
    if (auto* error = std::get_if<FlagError>(&choice)) return *error;
    flags.*rule.member = std::get<0>(choice).value_or(date >= rule.default_from);
  }
  return flags;
}

}  // namespace torpor::compat
