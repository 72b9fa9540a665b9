#include "core/trace/octets.h"

#include <algorithm>

#include "core/websocket/utf8.h"

namespace torpor::trace {

namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

std::optional<unsigned> digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

bool is_long_run(std::string_view octets) {
  return octets.size() > kRunLength &&
         std::all_of(octets.begin(), octets.end(), [&](char c) { return c == octets.front(); });
}

}  // namespace

std::string to_hex(std::string_view octets) {
  std::string hex;
  hex.reserve(octets.size() * 2);
  for (const char c : octets) {
    const auto octet = static_cast<unsigned char>(c);
    hex += kDigits[octet >> 4];
    hex += kDigits[octet & 15];
  }
  return hex;
}

std::optional<std::string> from_hex(std::string_view hex) {
  if (hex.size() % 2 != 0) return std::nullopt;
  std::string octets;
  octets.reserve(hex.size() / 2);
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    const auto high = digit(hex[i]);
    const auto low = digit(hex[i + 1]);
    if (!high || !low) return std::nullopt;
    octets += static_cast<char>(*high << 4 | *low);
  }
  return octets;
}

Json octets_to_json(std::string_view octets) {
  if (!is_long_run(octets)) return to_hex(octets);
  return Json{{"byte", to_hex(octets.substr(0, 1))}, {"count", octets.size()}};
}

std::optional<std::string> octets_from_json(const Json& json) {
  if (json.is_string()) return from_hex(json.get_ref<const std::string&>());
  if (!json.is_object() || json.size() != 2) return std::nullopt;
  const auto byte = json.find("byte");
  const auto count = json.find("count");
  if (byte == json.end() || !byte->is_string() || count == json.end() ||
      !count->is_number_unsigned()) {
    return std::nullopt;
  }
  const auto octet = from_hex(byte->get_ref<const std::string&>());
  if (!octet || octet->size() != 1 || count->get<std::uint64_t>() > kOctetsMax) return std::nullopt;
  return std::string(count->get<std::size_t>(), octet->front());
}

void set_text(Json& members, std::string_view payload) {
  if (!is_long_run(payload) && websocket::is_utf8(payload)) {
    members["text"] = payload;
  } else {
    members["octets"] = octets_to_json(payload);
  }
}

std::optional<std::string> payload_of(const Json& members) {
  if (const auto text = members.find("text"); text != members.end() && text->is_string()) {
    return text->get<std::string>();
  }
  const auto octets = members.find("octets");
  return octets == members.end() ? std::nullopt : octets_from_json(*octets);
}

}  // namespace torpor::trace
