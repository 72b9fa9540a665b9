#include "core/value/text.h"

#include <cstdint>

namespace torpor::value {
namespace {

constexpr char16_t kReplacement = 0xfffd;

bool is_high(char16_t unit) {
  return unit >= 0xd800 && unit <= 0xdbff;
}
bool is_low(char16_t unit) {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

void append_utf16(std::u16string& out, std::uint32_t point) {
  if (point < 0x10000) {
    out += static_cast<char16_t>(point);
    return;
  }
  out += static_cast<char16_t>(0xd7c0 + (point >> 10));
  out += static_cast<char16_t>(0xdc00 + (point & 0x3ff));
}

void append_utf8(std::string& out, std::uint32_t point) {
  const auto octet = [&](std::uint32_t value) { out += static_cast<char>(value); };
  if (point < 0x80) {
    octet(point);
  } else if (point < 0x800) {
    octet(0xc0 | point >> 6);
    octet(0x80 | (point & 0x3f));
  } else if (point < 0x10000) {
    octet(0xe0 | point >> 12);
    octet(0x80 | (point >> 6 & 0x3f));
    octet(0x80 | (point & 0x3f));
  } else {
    octet(0xf0 | point >> 18);
    octet(0x80 | (point >> 12 & 0x3f));
    octet(0x80 | (point >> 6 & 0x3f));
    octet(0x80 | (point & 0x3f));
  }
}

std::string encode(std::u16string_view text, bool replace_lone) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char16_t unit = text[i];
    if (is_high(unit) && i + 1 < text.size() && is_low(text[i + 1])) {
      const std::uint32_t high = unit - 0xd800u;
      append_utf8(out, 0x10000 + (high << 10) + (text[++i] - 0xdc00u));
    } else {
      const bool lone = is_high(unit) || is_low(unit);
      append_utf8(out, lone && replace_lone ? kReplacement : unit);
    }
  }
  return out;
}

}  // namespace

std::u16string utf16_from_utf8(std::string_view text) {
  std::u16string out;
  out.reserve(text.size());
  std::size_t i = 0;
  const auto continuation = [&](std::size_t at) {
    return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80;
  };
  while (i < text.size()) {
    const auto lead = static_cast<unsigned char>(text[i++]);
    if (lead < 0x80) {
      out += static_cast<char16_t>(lead);
      continue;
    }
    const int more = lead >= 0xf0 && lead <= 0xf4  ? 3
                     : lead >= 0xe0 && lead < 0xf0 ? 2
                     : lead >= 0xc2 && lead < 0xe0 ? 1
                                                   : 0;
    static constexpr std::uint32_t kSmallest[] = {0, 0x80, 0x800, 0x10000};
    std::uint32_t point = more == 3 ? lead & 0x07 : more == 2 ? lead & 0x0f : lead & 0x1f;
    int taken = 0;
    while (taken < more && continuation(i)) {
      point = point << 6 | (static_cast<unsigned char>(text[i++]) & 0x3fu);
      ++taken;
    }
    const bool good = more > 0 && taken == more && point >= kSmallest[more] && point <= 0x10ffff;
    append_utf16(out, good ? point : kReplacement);
  }
  return out;
}

std::string utf8_from_utf16(std::u16string_view text) {
  return encode(text, false);
}
std::string well_formed_utf8(std::u16string_view text) {
  return encode(text, true);
}

bool has_lone_surrogate(std::u16string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_high(text[i]) && i + 1 < text.size() && is_low(text[i + 1])) {
      ++i;
    } else if (is_high(text[i]) || is_low(text[i])) {
      return true;
    }
  }
  return false;
}

bool is_latin1(std::u16string_view text) {
  for (const char16_t unit : text) {
    if (unit > 0xff) return false;
  }
  return true;
}

std::string to_hex(std::string_view octets) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  out.reserve(octets.size() * 2);
  for (const char c : octets) {
    out += kDigits[static_cast<unsigned char>(c) >> 4];
    out += kDigits[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

std::optional<std::string> from_hex(std::string_view hex) {
  const auto digit = [](char c) -> int {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  };
  if (hex.size() % 2 != 0) return std::nullopt;
  std::string out;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    const int high = digit(hex[i]), low = digit(hex[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
  }
  return out;
}

}  // namespace torpor::value
