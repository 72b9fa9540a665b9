#include <cmath>
#include <map>
#include <set>

#include "core/value/json.h"
#include "core/value/text.h"
#include "core/value/view_tags.h"

namespace torpor::value {
namespace {

constexpr std::size_t kRepeatMax = 128u << 20;

struct Problem {
  std::string text;
};

std::string decimal_to_magnitude(std::string_view digits) {
  std::string magnitude;
  for (const char c : digits) {
    if (c < '0' || c > '9') throw Problem{"a bigint has decimal digits only"};
    unsigned carry = static_cast<unsigned>(c - '0');
    for (char& octet : magnitude) {
      const unsigned value = static_cast<unsigned char>(octet) * 10u + carry;
      octet = static_cast<char>(value & 0xff);
      carry = value >> 8;
    }
    if (carry) magnitude += static_cast<char>(carry);
  }
  return magnitude;
}

class JsonReader {
 public:
  Value read(const Json& json) {
    if (json.is_null()) return Value::null();
    if (json.is_boolean()) return Value::boolean(json.get<bool>());
    if (json.is_number()) return Value::number(json.get<double>());
    if (json.is_string()) return Value::utf8(json.get_ref<const std::string&>());
    if (json.is_array()) return fill_array(Value::array(), json);
    if (json.contains("$")) return tagged(json);
    return fill_object(Value::object(), json);
  }

 private:
  Value keep(const Json& json, Value value) {
    if (json.contains("id")) by_id_[id_of(json)] = value;
    return value;
  }

  Value fill_array(Value array, const Json& items) {
    for (const Json& item : items) array.push(read(item));
    return array;
  }

  Value fill_object(Value object, const Json& members) {
    for (const auto& [key, value] : members.items()) object.set(key, read(value));
    return object;
  }

  Value tagged(const Json& json) {
    const std::string kind = text(json, "$");
    if (kind == "undefined") return Value::undefined();
    if (kind == "hole") return Value::hole();
    if (kind == "number") return number(text(json, "value"));
    if (kind == "bigint") return bigint(text(json, "value"));
    if (kind == "string") return utf16(text(json, "utf16"));
    if (kind == "repeat") return repeat(json);
    if (kind == "symbol") return Value::symbol(utf16_from_utf8(text(json, "description")));
    if (kind == "function") return Value::function(u"function f() {}");
    if (kind == "host") return Value::host(text(json, "type"));
    if (kind == "ref") return reference(json);
    Value value = object(kind, json);
    if (json.contains("id")) whole_.insert(id_of(json));
    return value;
  }

  Value object(const std::string& kind, const Json& json) {
    if (kind == "object") return fill_object(keep(json, Value::object()), member(json, "entries"));
    if (kind == "array") return array(json);
    if (kind == "map") return map(json);
    if (kind == "set") return fill_array(keep(json, Value::set()), member(json, "values"));
    if (kind == "date") return keep(json, Value::date(date(member(json, "ms"))));
    if (kind == "regexp")
      return keep(json, Value::regexp(utf16_from_utf8(text(json, "source")), text(json, "flags")));
    if (kind == "boxed") return keep(json, Value::boxed(read(member(json, "value"))));
    if (kind == "arraybuffer") return buffer(json);
    if (kind == "typedarray" || kind == "dataview") return view(kind, json);
    if (kind == "error") return error(json);
    throw Problem{"unknown kind of value \"" + kind + "\""};
  }

  static const Json& member(const Json& json, const char* name) {
    const auto found = json.find(name);
    if (found == json.end())
      throw Problem{"a value of kind " + json["$"].dump() + " needs \"" + name + "\""};
    return *found;
  }
  static std::uint64_t id_of(const Json& json) { return member(json, "id").get<std::uint64_t>(); }
  static std::string text(const Json& json, const char* name) {
    const Json& value = member(json, name);
    if (!value.is_string()) throw Problem{std::string("\"") + name + "\" must be a string"};
    return value.get<std::string>();
  }
  static std::size_t size(const Json& json, const char* name) {
    const Json& value = member(json, name);
    if (!value.is_number_unsigned())
      throw Problem{std::string("\"") + name + "\" must be a whole number from 0 up"};
    const auto number = value.get<std::uint64_t>();
    if (number > kRepeatMax) throw Problem{std::string("\"") + name + "\" is too large"};
    return static_cast<std::size_t>(number);
  }

  static Value number(const std::string& name) {
    if (name == "-0") return Value::number(-0.0);
    if (name == "NaN") return Value::number(std::nan(""));
    if (name == "Infinity") return Value::number(HUGE_VAL);
    if (name == "-Infinity") return Value::number(-HUGE_VAL);
    throw Problem{"a tagged number is -0, NaN, Infinity or -Infinity"};
  }

  static Value bigint(const std::string& digits) {
    const bool negative = digits.starts_with('-');
    if (digits.size() == (negative ? 1u : 0u)) throw Problem{"a bigint needs digits"};
    return Value::bigint(negative,
                         decimal_to_magnitude(std::string_view(digits).substr(negative ? 1 : 0)));
  }

  static Value utf16(const std::string& hex) {
    const auto octets = from_hex(hex);
    if (!octets || octets->size() % 2 != 0) throw Problem{"\"utf16\" is hex, four digits a unit"};
    std::u16string text;
    for (std::size_t i = 0; i < octets->size(); i += 2) {
      const unsigned high = static_cast<unsigned char>((*octets)[i]),
                     low = static_cast<unsigned char>((*octets)[i + 1]);
      text += static_cast<char16_t>(high << 8 | low);
    }
    return Value::string(std::move(text));
  }

  static Value repeat(const Json& json) {
    const std::u16string unit = utf16_from_utf8(text(json, "text"));
    const std::size_t count = size(json, "count");
    if (!unit.empty() && count > kRepeatMax / unit.size()) throw Problem{"\"repeat\" is too large"};
    std::u16string all;
    all.reserve(unit.size() * count);
    for (std::size_t i = 0; i < count; ++i) all += unit;
    return Value::string(std::move(all));
  }

  Value reference(const Json& json) {
    const auto found = by_id_.find(id_of(json));
    if (found == by_id_.end()) throw Problem{"a \"ref\" to an id that does not stand before it"};
    return whole_.contains(found->first) ? found->second : found->second.back_reference();
  }

  Value array(const Json& json) {
    Value array = fill_array(keep(json, Value::array()), member(json, "items"));
    return json.contains("properties") ? fill_object(array, json["properties"]) : array;
  }

  Value map(const Json& json) {
    Value map = keep(json, Value::map());
    for (const Json& entry : member(json, "entries")) {
      if (!entry.is_array() || entry.size() != 2) throw Problem{"a map's entry is [key, value]"};
      Value key = read(entry[0]);
      map.put(std::move(key), read(entry[1]));
    }
    return map;
  }

  static double date(const Json& ms) { return ms.is_number() ? ms.get<double>() : std::nan(""); }

  Value buffer(const Json& json) {
    std::string octets;
    if (json.contains("hex")) {
      const auto read = from_hex(text(json, "hex"));
      if (!read) throw Problem{"\"hex\" is not hexadecimal"};
      octets = *read;
    } else {
      octets.assign(size(json, "length"), static_cast<char>(json.value("byte", 0)));
    }
    const auto limit =
        json.contains("maxLength") ? std::optional(size(json, "maxLength")) : std::nullopt;
    return keep(json, Value::array_buffer(std::move(octets), limit));
  }

  Value view(const std::string& kind, const Json& json) {
    const Value buffer = read(member(json, "buffer"));
    if (buffer.kind() != Kind::kArrayBuffer) throw Problem{"a view's \"buffer\" is an arraybuffer"};
    const std::size_t offset = size(json, "offset");
    std::size_t octets = size(json, "length");
    const auto type =
        kind == "dataview" ? std::optional(ViewType::kInt8) : view_named(text(json, "type"));
    if (!type) throw Problem{"unknown type of typed array"};
    octets *= element_size(*type);
    const std::size_t available = buffer.node().octets.size();
    if (offset > available || octets > available - offset)
      throw Problem{"the view is larger than its buffer"};
    return keep(json, kind == "dataview" ? Value::data_view(buffer, offset, octets)
                                         : Value::typed_array(*type, buffer, offset, octets));
  }

  Value error(const Json& json) {
    Value error =
        keep(json, Value::error(text(json, "name"), utf16_from_utf8(text(json, "message"))));
    if (json.contains("cause")) error.node().cause = read(json["cause"]);
    return error;
  }

  std::map<std::uint64_t, Value> by_id_;
  std::set<std::uint64_t> whole_;  // ids of what is not still being read
};

}  // namespace

std::variant<Value, std::string> from_json(const Json& json) {
  try {
    return JsonReader().read(json);
  } catch (const Problem& problem) {
    return problem.text;
  } catch (const Json::exception& failure) {
    return std::string(failure.what());
  }
}

}  // namespace torpor::value
