#include "conformance/properties/values.h"

#include <algorithm>

#include "conformance/properties/history.h"

namespace torpor::properties {

std::size_t serialized_size(const std::string& ascii) {
  std::size_t varint = 1;
  for (std::size_t left = ascii.size() >> 7; left > 0; left >>= 7) ++varint;
  return 3 + varint + ascii.size();
}

bool may_close_with(std::int64_t code) {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 4999 && code != 1015);
}

std::optional<std::string> text_of(const Json& tagged) {
  const auto message = message_in(tagged);
  if (!message || message->binary) return std::nullopt;
  return message->octets;
}

Json tagged(const std::string& text) {
  constexpr std::size_t kRun = 65;
  if (text.size() < kRun || text.find_first_not_of(text[0]) != std::string::npos) return text;
  return {{"$", "repeat"}, {"text", text.substr(0, 1)}, {"count", text.size()}};
}

std::string as_text(const std::string& octets) {
  constexpr unsigned char kNever = 0xf8;
  std::string text;
  for (const char octet : octets)
    text += static_cast<unsigned char>(octet) >= kNever ? std::string("\xef\xbf\xbd")
                                                        : std::string(1, octet);
  return text;
}

bool can_be_cloned(const Json& tagged) {
  if (!tagged.is_structured()) return true;
  const std::string kind = tagged.is_object() ? tagged.value("$", "") : "";
  if (kind == "function" || kind == "symbol" || kind == "host") return false;
  return std::all_of(tagged.begin(), tagged.end(), can_be_cloned);
}

Json with_event(const Json& json, const Json& event) {
  if (json.is_object() && json.value("$", Json()) == "event") {
    const auto field = event.find(json.value("field", ""));
    return field == event.end() ? Json{{"$", "undefined"}} : *field;
  }
  if (!json.is_structured()) return json;
  Json result = json;
  for (Json& item : result) item = with_event(item, event);
  return result;
}

}  // namespace torpor::properties
