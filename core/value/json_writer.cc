#include <cmath>
#include <map>
#include <set>

#include "core/value/display.h"
#include "core/value/json.h"
#include "core/value/text.h"
#include "core/value/view_tags.h"

namespace torpor::value {
namespace {

Json tagged(const char* kind) {
  return {{"$", kind}};
}

template <typename Text>
bool is_one_unit_repeated(const Text& text) {
  return text.size() >= kRepeatFrom && text.find_first_not_of(text[0]) == Text::npos;
}

Json string_json(const std::u16string& text) {
  if (has_lone_surrogate(text)) {
    std::string octets;
    for (const char16_t unit : text) {
      octets += static_cast<char>(unit >> 8);
      octets += static_cast<char>(unit & 0xff);
    }
    return {{"$", "string"}, {"utf16", to_hex(octets)}};
  }
  if (!is_one_unit_repeated(text)) return utf8_from_utf16(text);
  return {{"$", "repeat"}, {"text", utf8_from_utf16(text.substr(0, 1))}, {"count", text.size()}};
}

Json number_json(double number) {
  if (!std::isfinite(number) || (number == 0 && std::signbit(number))) {
    return {{"$", "number"}, {"value", number == 0 ? "-0" : number_to_string(number)}};
  }
  const bool whole = number == std::trunc(number) && std::fabs(number) < 9007199254740992.0;
  return whole ? Json(static_cast<std::int64_t>(number)) : Json(number);
}

class JsonWriter {
 public:
  Json write(const Value& value) {
    count(value);
    return convert(value);
  }

 private:
  // Finds the objects that occur more than once: they carry an id.
  void count(const Value& value) {
    if (value.is_primitive() || value.kind() == Kind::kHole) return;
    if (++seen_[&value.node()] > 1) return;
    for (const auto& [key, item] : value.node().properties) {
      count(key);
      count(item);
    }
    for (const Value& item : value.node().items) count(item);
    if (value.node().cause) count(*value.node().cause);
  }

  Json convert(const Value& value) {
    switch (value.kind()) {
      case Kind::kUndefined:
        return tagged("undefined");
      case Kind::kHole:
        return tagged("hole");
      case Kind::kNull:
        return nullptr;
      case Kind::kBoolean:
        return value.as_boolean();
      case Kind::kNumber:
        return number_json(value.as_number());
      case Kind::kBigInt:
        return {{"$", "bigint"}, {"value", bigint_to_string(value)}};
      case Kind::kString:
        return string_json(value.text());
      case Kind::kSymbol:
        return {{"$", "symbol"}, {"description", well_formed_utf8(value.text())}};
      case Kind::kFunction:
        return tagged("function");
      case Kind::kHost:
        return {{"$", "host"}, {"type", value.node().octets}};
      default:
        return object(value);
    }
  }

  Json object(const Value& value) {
    const bool repeated = seen_[&value.node()] > 1;
    if (!repeated) return contents(value, std::nullopt);
    const auto [known, added] = ids_.try_emplace(&value.node(), ids_.size() + 1);
    if (!added) return {{"$", "ref"}, {"id", known->second}};
    return contents(value, known->second);
  }

  Json contents(const Value& value, std::optional<std::size_t> id) {
    const Node& node = value.node();
    Json json;
    switch (value.kind()) {
      case Kind::kArray:
        return array(node, id);
      case Kind::kObject:
        return plain_object(node, id);
      case Kind::kMap:
        json = tagged("map");
        break;
      case Kind::kSet:
        json = tagged("set");
        break;
      case Kind::kDate:
        json = {{"$", "date"}, {"ms", date_json(value.as_number())}};
        break;
      case Kind::kRegExp:
        json = {{"$", "regexp"}, {"source", well_formed_utf8(node.text)}, {"flags", node.octets}};
        break;
      case Kind::kBoxed:
        json = {{"$", "boxed"}, {"value", convert(node.items.front())}};
        break;
      case Kind::kArrayBuffer:
        json = buffer(node);
        break;
      case Kind::kTypedArray:
        json = {{"$", "typedarray"}, {"type", view_name(node.view)}};
        break;
      case Kind::kDataView:
        json = tagged("dataview");
        break;
      case Kind::kError:
        json = {{"$", "error"}, {"name", node.octets}, {"message", well_formed_utf8(node.text)}};
        break;
      default:
        break;
    }
    if (id) json["id"] = *id;
    add_parts(value, json);
    return json;
  }

  void add_parts(const Value& value, Json& json) {
    const Node& node = value.node();
    if (value.kind() == Kind::kMap) {
      json["entries"] = Json::array();
      for (const auto& [key, item] : node.properties) {
        Json entry = Json::array();
        entry.push_back(convert(key));
        entry.push_back(convert(item));
        json["entries"].push_back(std::move(entry));
      }
    } else if (value.kind() == Kind::kSet) {
      json["values"] = items(node);
    } else if (value.kind() == Kind::kTypedArray || value.kind() == Kind::kDataView) {
      json["buffer"] = convert(node.items.front());
      json["offset"] = node.offset;
      json["length"] =
          value.kind() == Kind::kDataView ? node.size : node.size / element_size(node.view);
    } else if (value.kind() == Kind::kError && node.cause) {
      json["cause"] = convert(*node.cause);
    }
  }

  static Json date_json(double ms) { return std::isfinite(ms) ? number_json(ms) : Json("NaN"); }

  static Json buffer(const Node& node) {
    Json json = tagged("arraybuffer");
    if (is_one_unit_repeated(node.octets)) {
      json["length"] = node.octets.size();
      json["byte"] = static_cast<unsigned char>(node.octets[0]);
    } else {
      json["hex"] = to_hex(node.octets);
    }
    if (node.max_size) json["maxLength"] = *node.max_size;
    return json;
  }

  Json items(const Node& node) {
    Json list = Json::array();
    for (const Value& item : node.items) list.push_back(convert(item));
    return list;
  }

  Json members(const Node& node) {
    Json json = Json::object();
    for (const auto& [key, value] : node.properties)
      json[well_formed_utf8(key.text())] = convert(value);
    return json;
  }

  Json array(const Node& node, std::optional<std::size_t> id) {
    if (!id && node.properties.empty()) return items(node);
    Json json = tagged("array");
    if (id) json["id"] = *id;
    json["items"] = items(node);
    if (!node.properties.empty()) json["properties"] = members(node);
    return json;
  }

  Json plain_object(const Node& node, std::optional<std::size_t> id) {
    if (!id) {
      Json json = members(node);
      if (!json.contains("$")) return json;
      return {{"$", "object"}, {"entries", std::move(json)}};
    }
    return {{"$", "object"}, {"id", *id}, {"entries", members(node)}};
  }

  // Looked up only, never iterated.
  std::map<const Node*, int> seen_;
  std::map<const Node*, std::size_t> ids_;
};

}  // namespace

Json to_json(const Value& value) {
  return JsonWriter().write(value);
}

}  // namespace torpor::value
