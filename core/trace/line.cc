#include "core/trace/line.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <utility>

namespace torpor::trace {
namespace {

// Up to the next quotation mark, without it; nothing when there is none.
std::optional<std::string_view> take_to_quote(std::string_view& text) {
  const std::size_t end = text.find('"');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(end + 1);
  return taken;
}

// Characters that stand for themselves in a JSON string, whatever else is in it.
bool is_plain(std::string_view content) {
  return std::all_of(content.begin(), content.end(),
                     [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
}

bool take_string(std::string_view content, std::string_view& text) {
  if (text.size() < content.size() + 2 || text.front() != '"' || text[content.size() + 1] != '"' ||
      text.substr(1, content.size()) != content || !is_plain(content))
    return false;
  text.remove_prefix(content.size() + 2);
  return true;
}

template <typename Number>
bool take_number(Number number, std::string_view& text) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  return take({digits, static_cast<std::size_t>(end - digits)}, text);
}

bool take_list(const Json& list, std::string_view& text) {
  if (!take("[", text)) return false;
  bool first = true;
  for (const Json& item : list) {
    if (!std::exchange(first, false) && !take(",", text)) return false;
    if (!take_text_of(item, text)) return false;
  }
  return take("]", text);
}

bool take_members(const Json& members, std::string_view& text) {
  bool first = true;
  for (const auto& [name, value] : members.get_ref<const Json::object_t&>()) {
    if (!std::exchange(first, false) && !take(",", text)) return false;
    if (!take_text_of(name, value, text)) return false;
  }
  return true;
}

}  // namespace

bool take(std::string_view expected, std::string_view& text) {
  if (!text.starts_with(expected)) return false;
  text.remove_prefix(expected.size());
  return true;
}

bool take_text_of(std::string_view name, const Json& value, std::string_view& text) {
  return take_string(name, text) && take(":", text) && take_text_of(value, text);
}

bool take_text_of(const Json& value, std::string_view& text) {
  switch (value.type()) {
    case Json::value_t::string:
      return take_string(value.get_ref<const std::string&>(), text);
    case Json::value_t::number_unsigned:
      return take_number(value.get<std::uint64_t>(), text);
    case Json::value_t::number_integer:
      return take_number(value.get<std::int64_t>(), text);
    case Json::value_t::boolean:
      return take(value.get<bool>() ? "true" : "false", text);
    case Json::value_t::array:
      return take_list(value, text);
    case Json::value_t::object:
      return take("{", text) && take_members(value, text) && take("}", text);
    case Json::value_t::null:
      return take("null", text);
    default:
      return false;
  }
}

bool is_text_of(const Json& members, std::string_view text) {
  return take_members(members, text) && text.empty();
}

std::optional<EventText> split_line(std::string_view line) {
  if (!take("{\"t\":", line) || !line.ends_with('}')) return std::nullopt;
  line.remove_suffix(1);
  const std::size_t comma = line.find_first_not_of("0123456789");
  if (comma == 0 || comma == std::string_view::npos) return std::nullopt;
  line.remove_prefix(comma);
  EventText event;
  const auto member = [&](std::string_view name, std::string_view& value) {
    if (!take(name, line)) return false;
    const auto taken = take_to_quote(line);
    if (!taken || taken->find('\\') != std::string_view::npos) return false;
    value = *taken;
    return true;
  };
  if (!member(",\"actor\":\"", event.actor) || !member(",\"kind\":\"", event.kind))
    return std::nullopt;
  if (!line.empty() && !take(",", line)) return std::nullopt;
  event.members = line;
  return event;
}

}  // namespace torpor::trace
