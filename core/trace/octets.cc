#include "core/trace/octets.h"

#include <algorithm>

#include "core/websocket/utf8.h"

namespace torpor::trace {

namespace {

constexpr std::string_view kDigits = "0123456789abcdef";
constexpr std::size_t kUnitOctets = 4;     // a mask key
constexpr std::size_t kSegmentFrom = 512;  // shorter repetitions are written out

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

// How many octets from `at` on repeat with this period.
std::size_t repeating(std::string_view octets, std::size_t at, std::size_t period) {
  std::size_t end = at + period;
  while (end < octets.size() && octets[end] == octets[end - period]) ++end;
  return end > octets.size() ? 0 : end - at;
}

// A masked frame of one repeated octet repeats its four mask octets: the list has what repeats by
// its unit and count.
Json segments(std::string_view octets) {
  Json list = Json::array();
  std::size_t plain = 0;
  std::size_t at = 0;
  const auto flush = [&] {
    if (at > plain) list.push_back(to_hex(octets.substr(plain, at - plain)));
  };
  while (at < octets.size()) {
    const std::size_t length = repeating(octets, at, kUnitOctets) / kUnitOctets * kUnitOctets;
    if (length < kSegmentFrom) {
      at += std::max<std::size_t>(1, length > kUnitOctets ? length - kUnitOctets : 1);
      continue;
    }
    flush();
    list.push_back(
        {{"unit", to_hex(octets.substr(at, kUnitOctets))}, {"count", length / kUnitOctets}});
    at += length;
    plain = at;
  }
  flush();
  return list;
}

std::optional<std::string> segment_from_json(const Json& json) {
  if (json.is_string()) return from_hex(json.get_ref<const std::string&>());
  if (!json.is_object() || json.size() != 2) return std::nullopt;
  const auto unit = json.find("unit");
  const auto count = json.find("count");
  if (unit == json.end() || !unit->is_string() || count == json.end() ||
      !count->is_number_unsigned())
    return std::nullopt;
  const auto octets = from_hex(unit->get_ref<const std::string&>());
  if (!octets || octets->empty() || count->get<std::uint64_t>() > kOctetsMax / octets->size())
    return std::nullopt;
  std::string all;
  all.reserve(octets->size() * count->get<std::size_t>());
  for (std::size_t i = count->get<std::size_t>(); i > 0; --i) all += *octets;
  return all;
}

std::optional<std::string> segments_from_json(const Json& list) {
  std::string all;
  for (const Json& item : list) {
    const auto octets = segment_from_json(item);
    if (!octets || all.size() + octets->size() > kOctetsMax) return std::nullopt;
    all += *octets;
  }
  return all;
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
  if (!is_long_run(octets)) {
    if (octets.size() < kSegmentFrom) return to_hex(octets);
    Json list = segments(octets);
    return list.size() == 1 ? list[0] : list;
  }
  return Json{{"byte", to_hex(octets.substr(0, 1))}, {"count", octets.size()}};
}

std::optional<std::string> octets_from_json(const Json& json) {
  if (json.is_array()) return segments_from_json(json);
  if (json.is_string() || json.contains("unit")) return segment_from_json(json);
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
