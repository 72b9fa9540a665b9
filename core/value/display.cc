#include "core/value/display.h"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>

#include "core/value/text.h"

namespace torpor::value {
namespace {

// Shortest digits d and exponent n such that the number is 0.d * 10^n.
struct Decimal {
  std::string digits;
  int exponent;
};

Decimal shortest(double magnitude) {
  char buffer[64];
  const auto end =
      std::to_chars(buffer, buffer + sizeof buffer, magnitude, std::chars_format::scientific).ptr;
  const std::string text(buffer, end);
  const std::size_t e = text.find('e');
  Decimal result{text.substr(0, 1), std::atoi(text.c_str() + e + 1) + 1};
  if (e > 2) result.digits += text.substr(2, e - 2);
  return result;
}

std::string joined(const Value& array) {
  std::string out;
  for (std::size_t i = 0; i < array.length(); ++i) {
    if (i > 0) out += ',';
    const Value& item = array.at(i);
    const bool blank =
        item.is_undefined() || item.kind() == Kind::kNull || item.kind() == Kind::kHole;
    if (!blank) out += to_display_string(item);
  }
  return out;
}

// Date.prototype.toString() where the time zone is UTC, as it is on the platform.
std::string date_string(double milliseconds) {
  if (!std::isfinite(milliseconds)) return "Invalid Date";
  const auto total = static_cast<std::int64_t>(milliseconds);
  std::int64_t days = total / 86'400'000;
  std::int64_t rest = total % 86'400'000;
  if (rest < 0) {
    rest += 86'400'000;
    --days;
  }
  // Civil date from days since 1970-01-01, proleptic Gregorian.
  const std::int64_t z = days + 719'468;
  const std::int64_t era = (z >= 0 ? z : z - 146'096) / 146'097;
  const std::int64_t doe = z - era * 146'097;
  const std::int64_t yoe = (doe - doe / 1460 + doe / 36'524 - doe / 146'096) / 365;
  const std::int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  const std::int64_t mp = (5 * doy + 2) / 153;
  const std::int64_t month = mp < 10 ? mp + 3 : mp - 9;
  const std::int64_t year = yoe + era * 400 + (month <= 2 ? 1 : 0);
  static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  char buffer[80];
  std::snprintf(buffer, sizeof buffer,
                "%s %s %02d %s%04d %02d:%02d:%02d GMT+0000 (Coordinated Universal Time)",
                kDays[((days + 4) % 7 + 7) % 7], kMonths[month - 1],
                static_cast<int>(doy - (153 * mp + 2) / 5 + 1), year < 0 ? "-" : "",
                static_cast<int>(std::abs(year)), static_cast<int>(rest / 3'600'000),
                static_cast<int>(rest / 60'000 % 60), static_cast<int>(rest / 1000 % 60));
  return buffer;
}

}  // namespace

std::string number_to_string(double number) {
  if (std::isnan(number)) return "NaN";
  if (number == 0) return "0";
  if (number < 0) return "-" + number_to_string(-number);
  if (std::isinf(number)) return "Infinity";
  const auto [digits, n] = shortest(number);
  const int k = static_cast<int>(digits.size());
  if (k <= n && n <= 21) return digits + std::string(static_cast<std::size_t>(n - k), '0');
  if (0 < n && n <= 21)
    return digits.substr(0, static_cast<std::size_t>(n)) + "." +
           digits.substr(static_cast<std::size_t>(n));
  if (-6 < n && n <= 0) return "0." + std::string(static_cast<std::size_t>(-n), '0') + digits;
  const std::string exponent = (n > 0 ? "e+" : "e-") + std::to_string(std::abs(n - 1));
  return digits.substr(0, 1) + (k > 1 ? "." + digits.substr(1) : "") + exponent;
}

double string_to_number(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())))
    text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())))
    text.remove_suffix(1);
  if (text.empty()) return 0;
  std::string_view digits = text;
  const bool negative = digits.front() == '-';
  if (negative || digits.front() == '+') digits.remove_prefix(1);
  if (digits == "Infinity") return negative ? -HUGE_VAL : HUGE_VAL;
  const bool hexadecimal = text.starts_with("0x") || text.starts_with("0X");
  if (hexadecimal) digits.remove_prefix(2);
  const auto format = hexadecimal ? std::chars_format::hex : std::chars_format::general;
  if (digits.empty() || digits.front() == '-' || digits.front() == 'i' || digits.front() == 'n')
    return std::nan("");
  double magnitude = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), magnitude, format);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nan("");
  return negative ? -magnitude : magnitude;
}

std::string bigint_to_string(const Value& bigint) {
  std::string magnitude = bigint.node().octets;
  if (magnitude.empty()) return "0";
  std::string digits;
  while (!magnitude.empty()) {
    unsigned remainder = 0;
    for (std::size_t i = magnitude.size(); i-- > 0;) {
      const unsigned value = remainder << 8 | static_cast<unsigned char>(magnitude[i]);
      magnitude[i] = static_cast<char>(value / 10);
      remainder = value % 10;
    }
    digits += static_cast<char>('0' + remainder);
    while (!magnitude.empty() && magnitude.back() == '\0') magnitude.pop_back();
  }
  if (bigint.node().negative) digits += '-';
  return {digits.rbegin(), digits.rend()};
}

std::string to_display_string(const Value& value) {
  switch (value.kind()) {
    case Kind::kUndefined:
    case Kind::kHole:
      return "undefined";
    case Kind::kNull:
      return "null";
    case Kind::kBoolean:
      return value.as_boolean() ? "true" : "false";
    case Kind::kNumber:
      return number_to_string(value.as_number());
    case Kind::kBigInt:
      return bigint_to_string(value);
    case Kind::kString:
    case Kind::kFunction:
      return utf8_from_utf16(value.text());
    case Kind::kSymbol:
      return "Symbol(" + utf8_from_utf16(value.text()) + ")";
    case Kind::kArray:
      return joined(value);
    case Kind::kDate:
      return date_string(value.as_number());
    case Kind::kRegExp:
      return "/" + utf8_from_utf16(value.text()) + "/" + value.node().octets;
    case Kind::kBoxed:
      return to_display_string(value.at(0));
    case Kind::kMap:
      return "[object Map]";
    case Kind::kSet:
      return "[object Set]";
    case Kind::kArrayBuffer:
      return "[object ArrayBuffer]";
    case Kind::kDataView:
      return "[object DataView]";
    case Kind::kHost:
      return "[object " + value.node().octets + "]";
    case Kind::kError: {
      const std::string message = utf8_from_utf16(value.text());
      return message.empty() ? value.node().octets : value.node().octets + ": " + message;
    }
    case Kind::kTypedArray:
    case Kind::kObject:
      return "[object Object]";
  }
  return "";
}

bool is_truthy(const Value& value) {
  switch (value.kind()) {
    case Kind::kUndefined:
    case Kind::kNull:
    case Kind::kHole:
      return false;
    case Kind::kBoolean:
      return value.as_boolean();
    case Kind::kNumber:
      return value.as_number() != 0 && !std::isnan(value.as_number());
    case Kind::kBigInt:
      return !value.node().octets.empty();
    case Kind::kString:
      return !value.text().empty();
    default:
      return true;
  }
}

}  // namespace torpor::value
