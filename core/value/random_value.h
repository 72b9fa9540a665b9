// For tests: JavaScript values of every kind that can be cloned, from a seed, nested, shared and in
// cycles.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/value/value.h"

namespace torpor::value {

class RandomValues {
 public:
  explicit RandomValues(std::uint64_t seed) : state_(seed * 2 + 1) {}

  Value next() {
    objects_.clear();
    whole_.clear();
    return any(4);
  }

 private:
  std::uint64_t bits() {
    state_ += 0x9e3779b97f4a7c15u;
    std::uint64_t x = state_;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
  }
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(bits() % bound); }

  Value keep(Value value) {
    objects_.push_back(value);
    whole_.push_back(false);
    return value;
  }

  Value any(int depth) {
    if (depth == 0 || below(3) == 0) return primitive();
    const std::size_t first = objects_.size();
    Value value = receiver(depth);
    for (std::size_t i = first; i < whole_.size(); ++i) whole_[i] = true;
    return value;
  }

  Value receiver(int depth) {
    switch (below(13)) {
      case 0:
        return array(depth);
      case 1:
        return holey(depth);
      case 2:
      case 3:
        return object(depth);
      case 4:
        return map(depth);
      case 5:
        return set(depth);
      case 6:
        return keep(Value::date(
            static_cast<double>(static_cast<std::int64_t>(bits() % 8'640'000'000'000'000u))));
      case 7:
        return keep(Value::regexp(u"a" + text(6), below(2) ? "gi" : "msy"));
      case 8:
        return keep(Value::boxed(boxable()));
      case 9:
        return keep(Value::array_buffer(octets(below(80))));
      case 10:
        return view();
      case 11:
        return error(depth);
      default:
        return objects_.empty() ? object(depth) : seen(below(objects_.size()));
    }
  }

  // Shared, or, of what is still being made, a cycle.
  Value seen(std::size_t index) {
    return whole_[index] ? objects_[index] : objects_[index].back_reference();
  }

  Value primitive() {
    switch (below(6)) {
      case 0:
        return Value::undefined();
      case 1:
        return Value::null();
      case 2:
        return Value::boolean(below(2) == 0);
      default:
        return boxable();
    }
  }

  Value boxable() {
    switch (below(4)) {
      case 0:
        return Value::boolean(below(2) == 0);
      case 1:
        return Value::number(number());
      case 2:
        return Value::bigint(below(2) == 0, octets(below(20)));
      default:
        return Value::string(text());
    }
  }

  double number() {
    static constexpr double kSpecial[] = {
        0,          -0.0,       0.5,         1e21,       -1e-7,
        2147483647, 2147483648, -2147483648, 1073741824, 9007199254740992.0};
    if (below(3) == 0) return kSpecial[below(std::size(kSpecial))];
    const auto integer = static_cast<double>(static_cast<std::int32_t>(bits()) >> below(31));
    return below(3) == 0 ? integer / 8 : integer;
  }

  // `units`: how many of the alphabet; the last two are surrogates.
  std::u16string text(std::size_t units = 8) {
    static constexpr char16_t kUnits[] = {u'a',      u'b',      u' ',   u'\0',
                                          u'\u00e9', u'\u20ac', 0xd83d, 0xde00};
    const std::size_t alphabet = below(2) ? units : 5;
    std::u16string out;
    for (std::size_t i = below(below(8) == 0 ? 200 : 12); i > 0; --i)
      out += kUnits[below(alphabet)];
    return out;
  }

  std::string octets(std::size_t size) {
    std::string out;
    for (std::size_t i = 0; i < size; ++i) out += static_cast<char>(bits());
    return out;
  }

  Value array(int depth) {
    Value array = keep(Value::array());
    for (std::size_t i = below(5); i > 0; --i) array.push(any(depth - 1));
    return array;
  }

  Value holey(int depth) {
    Value array = keep(Value::array());
    array.push(Value::hole());
    for (std::size_t i = below(4); i > 0; --i)
      array.push(below(2) ? Value::hole() : any(depth - 1));
    return array;
  }

  Value object(int depth) {
    static constexpr const char* kKeys[] = {"a", "b", "key",        "é", "€",
                                            "0", "7", "4294967295", "$", ""};
    Value object = keep(Value::object());
    for (std::size_t i = below(5); i > 0; --i)
      object.set(kKeys[below(std::size(kKeys))], any(depth - 1));
    return object;
  }

  Value map(int depth) {
    Value map = keep(Value::map());
    for (std::size_t i = 0, end = below(4); i < end; ++i)
      map.put(Value::number(static_cast<double>(i)), any(depth - 1));
    return map;
  }

  Value set(int depth) {
    Value set = keep(Value::set());
    if (below(2)) set.push(keep(array(depth - 1)));
    if (below(2)) set.push(Value::string(u"member"));
    return set;
  }

  Value view() {
    const Value buffer = keep(Value::array_buffer(octets(16 + 8 * below(4))));
    if (below(4) == 0) return keep(Value::data_view(buffer, below(4), below(9)));
    const auto type = static_cast<ViewType>(below(11));
    return keep(Value::typed_array(type, buffer, 8, element_size(type) * below(2)));
  }

  Value error(int depth) {
    static constexpr const char* kNames[] = {"Error",          "EvalError",   "RangeError",
                                             "ReferenceError", "SyntaxError", "TypeError",
                                             "URIError"};
    Value error = Value::error(kNames[below(std::size(kNames))], text(6));
    // An error that is, however deep, its own cause is written by V8 but not read back.
    if (below(3) == 0) error.node().cause = any(depth - 1);
    keep(error);
    return error;
  }

  std::uint64_t state_;
  std::vector<bool> whole_;
  std::vector<Value> objects_;  // of the present value, for references and cycles
};

}  // namespace torpor::value
