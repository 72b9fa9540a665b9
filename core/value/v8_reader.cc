#include <algorithm>
#include <bit>
#include <optional>
#include <vector>

#include "core/value/array_index.h"
#include "core/value/regexp_flags.h"
#include "core/value/text.h"
#include "core/value/v8_format.h"
#include "core/value/v8_tags.h"
#include "core/value/view_tags.h"

namespace torpor::value {
namespace {

// Every function answers nothing when the octets are not what they should be.
class Reader {
 public:
  explicit Reader(std::string_view octets) : octets_(octets) {}

  std::optional<Value> document() {
    if (next() != tag::kVersion) return std::nullopt;
    const auto version = varint();
    if (!version || *version != static_cast<std::uint64_t>(kWireFormatVersion)) return std::nullopt;
    auto value = read();
    return position_ == octets_.size() ? value : std::nullopt;
  }

 private:
  std::optional<Value> read() {
    if (depth_ >= kDepthMax) return std::nullopt;
    ++depth_;
    std::optional<Value> value = read_any();
    --depth_;
    const bool buffer = value && value->kind() == Kind::kArrayBuffer;
    if (buffer && peek() == tag::kArrayBufferView) return view(*value);
    return value;
  }

  std::optional<Value> read_any() {
    const auto letter = tag_after_padding();
    if (!letter) return std::nullopt;
    switch (*letter) {
      case tag::kUndefined:
        return Value::undefined();
      case tag::kNull:
        return Value::null();
      case tag::kTrue:
        return Value::boolean(true);
      case tag::kFalse:
        return Value::boolean(false);
      case tag::kTheHole:
        return Value::hole();
      case tag::kInt32:
        return int32();
      case tag::kUint32:
        return uint32();
      case tag::kDouble:
        return number();
      case tag::kBigInt:
        return bigint();
      case tag::kUtf8String:
      case tag::kOneByteString:
      case tag::kTwoByteString:
        return string(*letter);
      case tag::kObjectReference:
        return reference();
      default:
        break;
    }
    const std::size_t first = seen_.size();
    auto value = receiver(*letter);
    std::fill(whole_.begin() + static_cast<std::ptrdiff_t>(first), whole_.end(), true);
    return value;
  }

  std::optional<Value> receiver(char letter) {
    switch (letter) {
      case tag::kBeginJSObject:
        return object();
      case tag::kBeginDenseJSArray:
        return dense_array();
      case tag::kBeginSparseJSArray:
        return sparse_array();
      case tag::kBeginJSMap:
        return map();
      case tag::kBeginJSSet:
        return set();
      case tag::kDate:
        return date();
      case tag::kRegExp:
        return regexp();
      case tag::kTrueObject:
        return keep(Value::boxed(Value::boolean(true)));
      case tag::kFalseObject:
        return keep(Value::boxed(Value::boolean(false)));
      case tag::kNumberObject:
        return boxed(number());
      case tag::kBigIntObject:
        return boxed(bigint());
      case tag::kStringObject:
        return boxed(any_string());
      case tag::kArrayBuffer:
        return buffer(false);
      case tag::kResizableArrayBuffer:
        return buffer(true);
      case tag::kError:
        return error();
      default:
        return std::nullopt;
    }
  }

  Value keep(Value value) {
    seen_.push_back(value);
    whole_.push_back(false);
    return value;
  }

  std::optional<Value> reference() {
    const auto id = varint();
    if (!id || *id >= seen_.size()) return std::nullopt;
    return whole_[*id] ? seen_[*id] : seen_[*id].back_reference();
  }

  std::optional<Value> int32() {
    const auto zigzag = varint();
    if (!zigzag || *zigzag > 0xffffffffu) return std::nullopt;
    const auto bits = static_cast<std::uint32_t>(*zigzag);
    return Value::number(static_cast<std::int32_t>(bits >> 1 ^ (0 - (bits & 1))));
  }

  std::optional<Value> uint32() {
    const auto value = varint();
    if (!value || *value > 0xffffffffu) return std::nullopt;
    return Value::number(static_cast<double>(*value));
  }

  std::optional<double> real() {
    const auto octets = take(8);
    if (!octets) return std::nullopt;
    std::uint64_t bits = 0;
    for (std::size_t i = 8; i-- > 0;) bits = bits << 8 | static_cast<unsigned char>((*octets)[i]);
    return std::bit_cast<double>(bits);
  }

  std::optional<Value> number() {
    const auto value = real();
    return value ? std::optional(Value::number(*value)) : std::nullopt;
  }

  std::optional<Value> bigint() {
    const auto bitfield = varint();
    if (!bitfield || *bitfield > 0x7fffffffu) return std::nullopt;
    const auto magnitude = take(static_cast<std::size_t>(*bitfield >> 1));
    if (!magnitude) return std::nullopt;
    return Value::bigint((*bitfield & 1) != 0, std::string(*magnitude));
  }

  std::optional<Value> string(char letter) {
    const auto size = varint();
    const auto octets = size ? take(static_cast<std::size_t>(*size)) : std::nullopt;
    if (!octets) return std::nullopt;
    if (letter == tag::kUtf8String) return Value::utf8(*octets);
    std::u16string text;
    if (letter == tag::kOneByteString) {
      for (const char c : *octets) text += static_cast<char16_t>(static_cast<unsigned char>(c));
      return Value::string(std::move(text));
    }
    if (octets->size() % 2 != 0) return std::nullopt;
    for (std::size_t i = 0; i < octets->size(); i += 2) {
      const unsigned low = static_cast<unsigned char>((*octets)[i]);
      const unsigned high = static_cast<unsigned char>((*octets)[i + 1]);
      text += static_cast<char16_t>(low | high << 8);
    }
    return Value::string(std::move(text));
  }

  std::optional<Value> any_string() {
    const auto letter = tag_after_padding();
    const bool known = letter == tag::kUtf8String || letter == tag::kOneByteString ||
                       letter == tag::kTwoByteString;
    return known ? string(*letter) : std::nullopt;
  }

  // Keys are strings, or numbers for array indices.
  static std::optional<std::u16string> key_text(const Value& key) {
    if (key.kind() == Kind::kString) return key.text();
    if (key.kind() != Kind::kNumber || key.as_number() < 0 || key.as_number() >= 4294967295.0)
      return std::nullopt;
    return utf16_from_utf8(std::to_string(static_cast<std::uint32_t>(key.as_number())));
  }

  // Properties up to `end`, which is taken; their number.
  template <typename Take>
  std::optional<std::uint64_t> properties(char end, Take take_property) {
    std::uint64_t count = 0;
    while (true) {
      if (peek_after_padding() == end) {
        tag_after_padding();
        return count;
      }
      const auto key = read();
      const auto text = key ? key_text(*key) : std::nullopt;
      const auto value = text ? read() : std::nullopt;
      if (!value || !take_property(*text, *value)) return std::nullopt;
      ++count;
    }
  }

  std::optional<Value> object() {
    Value object = keep(Value::object());
    const auto count =
        properties(tag::kEndJSObject, [&](const std::u16string& key, const Value& value) {
          object.put(Value::string(key), value);
          return true;
        });
    return count && varint() == count ? std::optional(object) : std::nullopt;
  }

  std::optional<Value> dense_array() {
    Value array = keep(Value::array());
    const auto length = varint();
    if (!length || *length > octets_.size()) return std::nullopt;
    for (std::uint64_t i = 0; i < *length; ++i) {
      const auto item = read();
      if (!item) return std::nullopt;
      array.push(*item);
    }
    const auto count =
        properties(tag::kEndDenseJSArray, [&](const std::u16string& key, const Value& value) {
          array.put(Value::string(key), value);
          return true;
        });
    return count && varint() == count && varint() == length ? std::optional(array) : std::nullopt;
  }

  std::optional<Value> sparse_array() {
    static constexpr std::uint64_t kLengthMax = 1u
                                                << 24;  // of memory that a few octets may ask for
    Value array = keep(Value::array());
    const auto length = varint();
    if (!length || *length > kLengthMax) return std::nullopt;
    array.node().items.assign(static_cast<std::size_t>(*length), Value::hole());
    const auto count =
        properties(tag::kEndSparseJSArray, [&](const std::u16string& key, const Value& value) {
          const auto index = array_index(key);
          if (index && *index >= *length) return false;
          if (index) array.node().items[*index] = value;
          if (!index) array.put(Value::string(key), value);
          return true;
        });
    return count && varint() == count && varint() == length ? std::optional(array) : std::nullopt;
  }

  std::optional<Value> map() {
    Value map = keep(Value::map());
    std::uint64_t written = 0;
    while (peek_after_padding() != tag::kEndJSMap) {
      const auto key = read();
      const auto value = key ? read() : std::nullopt;
      if (!value) return std::nullopt;
      map.put(*key, *value);
      written += 2;
    }
    tag_after_padding();
    return varint() == written ? std::optional(map) : std::nullopt;
  }

  std::optional<Value> set() {
    Value set = keep(Value::set());
    while (peek_after_padding() != tag::kEndJSSet) {
      const auto item = read();
      if (!item) return std::nullopt;
      set.push(*item);
    }
    tag_after_padding();
    return varint() == set.length() ? std::optional(set) : std::nullopt;
  }

  std::optional<Value> date() {
    const auto milliseconds = real();
    return milliseconds ? std::optional(keep(Value::date(*milliseconds))) : std::nullopt;
  }

  std::optional<Value> regexp() {
    const auto source = any_string();
    const auto flags = source ? varint() : std::nullopt;
    if (!flags) return std::nullopt;
    return keep(Value::regexp(source->text(), regexp_flags(static_cast<std::uint32_t>(*flags))));
  }

  std::optional<Value> boxed(const std::optional<Value>& primitive) {
    return primitive ? std::optional(keep(Value::boxed(*primitive))) : std::nullopt;
  }

  std::optional<Value> buffer(bool resizable) {
    const auto size = varint();
    const auto max_size = size && resizable ? varint() : size;
    if (!max_size || *max_size < *size) return std::nullopt;
    const auto octets = take(static_cast<std::size_t>(*size));
    if (!octets) return std::nullopt;
    const auto limit =
        resizable ? std::optional(static_cast<std::size_t>(*max_size)) : std::nullopt;
    return keep(Value::array_buffer(std::string(*octets), limit));
  }

  std::optional<Value> view(const Value& buffer) {
    next();
    const auto letter = next();
    const auto offset = varint();
    const auto size = offset ? varint() : std::nullopt;
    const auto flags = size ? varint() : std::nullopt;
    const std::size_t available = buffer.node().octets.size();
    if (!letter || !flags || *offset > available || *size > available - *offset)
      return std::nullopt;
    const auto from = static_cast<std::size_t>(*offset), length = static_cast<std::size_t>(*size);
    if (*letter == kDataViewTag) return keep(Value::data_view(buffer, from, length));
    const auto type = view_of_tag(*letter);
    if (!type || from % element_size(*type) != 0 || length % element_size(*type) != 0)
      return std::nullopt;
    return keep(Value::typed_array(*type, buffer, from, length));
  }

  std::optional<Value> error() {
    Value error = keep(Value::error("Error", std::nullopt));
    Node& node = error.node();
    while (true) {
      const auto letter = next();
      if (!letter) return std::nullopt;
      if (*letter == tag::kErrorEnd) return error;
      if (!error_part(*letter, node)) return std::nullopt;
    }
  }

  bool error_part(char letter, Node& node) {
    for (const auto& [known, name] : kErrorTags) {
      if (known == letter) {
        node.octets = std::string(name);
        return true;
      }
    }
    if (letter == tag::kErrorCause) {
      node.cause = read();
      return node.cause.has_value();
    }
    if (letter != tag::kErrorMessage && letter != tag::kErrorStack) return false;
    const auto text = any_string();
    if (!text) return false;
    if (letter == tag::kErrorStack) {
      node.stack = text->text();
    } else {
      node.has_message = true;
      node.text = text->text();
    }
    return true;
  }

  std::optional<char> next() {
    return position_ < octets_.size() ? std::optional(octets_[position_++]) : std::nullopt;
  }
  std::optional<char> peek() const {
    return position_ < octets_.size() ? std::optional(octets_[position_]) : std::nullopt;
  }
  std::optional<char> peek_after_padding() {
    while (peek() == tag::kPadding) ++position_;
    return peek();
  }
  std::optional<char> tag_after_padding() {
    peek_after_padding();
    return next();
  }
  std::optional<std::string_view> take(std::size_t size) {
    if (size > octets_.size() - position_) return std::nullopt;
    position_ += size;
    return octets_.substr(position_ - size, size);
  }
  std::optional<std::uint64_t> varint() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const auto octet = next();
      if (!octet) return std::nullopt;
      value |= static_cast<std::uint64_t>(*octet & 0x7f) << shift;
      if (!(*octet & 0x80)) return value;
    }
    return std::nullopt;
  }

  std::string_view octets_;
  std::size_t position_ = 0;
  int depth_ = 0;
  std::vector<Value> seen_;
  std::vector<bool> whole_;  // of each seen: not still being read, as what refers to it is
};

}  // namespace

std::variant<Value, CloneError> deserialize(std::string_view octets) {
  if (auto value = Reader(octets).document()) return *value;
  return CloneError{.message = "Unable to deserialize cloned data."};
}

}  // namespace torpor::value
