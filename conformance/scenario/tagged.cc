#include "conformance/scenario/tagged.h"

#include <string>

#include "core/trace/octets.h"

namespace torpor::scenario {

namespace {

// The member, when it is a string.
const std::string* string_member(const Json& json, const char* name) {
  const auto it = json.find(name);
  return it != json.end() && it->is_string() ? &it->get_ref<const std::string&>() : nullptr;
}

// `unit` as many times as the member says, unless that is beyond all sense.
std::optional<Payload> repeated(const Json& json, const char* count_name, std::string unit) {
  const auto count = json.find(count_name);
  if (count == json.end() || !count->is_number_unsigned()) return std::nullopt;
  const auto times = count->get<std::uint64_t>();
  if (!unit.empty() && times > trace::kOctetsMax / unit.size()) return std::nullopt;
  return Payload{std::move(unit), static_cast<std::size_t>(times)};
}

std::optional<Payload> buffer(const Json& json) {
  const std::string* hex = string_member(json, "hex");
  if (hex != nullptr && json.size() == 2) {
    const auto octets = trace::from_hex(*hex);
    return octets ? std::optional(Payload{*octets, 1}) : std::nullopt;
  }
  if (json.size() != (json.contains("byte") ? 3U : 2U)) return std::nullopt;
  const Json byte = json.value("byte", Json(0U));
  if (!byte.is_number_unsigned() || byte > 255) return std::nullopt;
  return repeated(json, "length", std::string(1, static_cast<char>(byte.get<unsigned>())));
}

bool is_tagged(const Json& json, const char* tag) {
  const std::string* name = string_member(json, "$");
  return name != nullptr && *name == tag;
}

}  // namespace

std::optional<Payload> tagged_text(const Json& json) {
  if (json.is_string()) return Payload{json.get<std::string>(), 1};
  if (!json.is_object() || !is_tagged(json, "repeat")) return std::nullopt;
  const std::string* text = string_member(json, "text");
  return text == nullptr ? std::nullopt : repeated(json, "count", *text);
}

std::optional<Payload> tagged_octets(const Json& json) {
  if (!json.is_object()) return std::nullopt;
  if (is_tagged(json, "arraybuffer")) return buffer(json);
  const std::string* byte = json.size() == 2 ? string_member(json, "byte") : nullptr;
  const auto octet = byte == nullptr ? std::nullopt : trace::from_hex(*byte);
  return octet && octet->size() == 1 ? repeated(json, "count", *octet) : std::nullopt;
}

}  // namespace torpor::scenario
