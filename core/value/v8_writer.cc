#include <algorithm>
#include <bit>
#include <cmath>
#include <deque>
#include <map>
#include <optional>

#include "core/value/array_index.h"
#include "core/value/regexp_flags.h"
#include "core/value/text.h"
#include "core/value/v8_format.h"
#include "core/value/v8_tags.h"
#include "core/value/view_tags.h"

namespace torpor::value {
namespace {

std::optional<std::int32_t> small_integer(double number) {
  if (!(number >= -2147483648.0 && number <= 2147483647.0)) return std::nullopt;
  const auto integer = static_cast<std::int32_t>(number);
  const bool exact = integer == number && !(integer == 0 && std::signbit(number));
  return exact ? std::optional(integer) : std::nullopt;
}

class Writer {
 public:
  bool write(const Value& value) {
    if (++depth_ > kDepthMax) return refuse("Maximum call stack size exceeded");
    const bool written = write_any(value);
    --depth_;
    return written;
  }
  void header() {
    tag(tag::kVersion);
    varint(kWireFormatVersion);
  }
  std::string take() { return std::move(out_); }
  const std::string& problem() const { return problem_; }

 private:
  bool write_any(const Value& value) {
    switch (value.kind()) {
      case Kind::kUndefined:
        return tag(tag::kUndefined);
      case Kind::kNull:
        return tag(tag::kNull);
      case Kind::kBoolean:
        return tag(value.as_boolean() ? tag::kTrue : tag::kFalse);
      case Kind::kHole:
        return tag(tag::kTheHole);
      case Kind::kNumber:
        return number(value.as_number());
      case Kind::kBigInt:
        return tag(tag::kBigInt) && bigint(value);
      case Kind::kString:
        return string(value.text());
      case Kind::kSymbol:
        return refuse("Symbol(" + utf8_from_utf16(value.text()) + ") could not be cloned.");
      case Kind::kFunction:
        return refuse(utf8_from_utf16(value.text()) + " could not be cloned.");
      case Kind::kHost:
        return value.node().octets == "Blob" ? blob() : refuse_host(value.node().octets);
      default:
        return receiver(value);
    }
  }

  bool receiver(const Value& value) {
    const bool view = value.kind() == Kind::kTypedArray || value.kind() == Kind::kDataView;
    // A view comes behind its buffer, whether or not the buffer was written before.
    if (view && !ids_.contains(&value.node()) && !write(value.at(0))) return false;
    const auto [known, added] =
        ids_.try_emplace(&value.node(), static_cast<std::uint32_t>(ids_.size()));
    if (!added) {
      tag(tag::kObjectReference);
      return varint(known->second);
    }
    return write_receiver(value);
  }

  bool write_receiver(const Value& value) {
    const Node& node = value.node();
    switch (value.kind()) {
      case Kind::kObject:
        tag(tag::kBeginJSObject);
        return properties(node) && tag(tag::kEndJSObject) && varint(node.properties.size());
      case Kind::kArray:
        return array(node);
      case Kind::kMap:
        return map(node);
      case Kind::kSet:
        return set(node);
      case Kind::kDate:
        return tag(tag::kDate) && real(value.as_number());
      case Kind::kRegExp:
        return tag(tag::kRegExp) && string(node.text) && varint(regexp_flag_bits(node.octets));
      case Kind::kBoxed:
        return boxed(node.items.front());
      case Kind::kArrayBuffer:
        return buffer(node);
      case Kind::kTypedArray:
        return view(node, view_tag(node.view));
      case Kind::kDataView:
        return view(node, kDataViewTag);
      case Kind::kError:
        return error(node);
      default:
        return false;
    }
  }

  bool number(double value) {
    if (const auto integer = small_integer(value)) {
      tag(tag::kInt32);
      return varint(static_cast<std::uint32_t>(*integer) << 1 ^
                    static_cast<std::uint32_t>(*integer >> 31));
    }
    return tag(tag::kDouble) && real(value);
  }

  bool bigint(const Value& value) {
    const std::string& magnitude = value.node().octets;
    const std::size_t size = (magnitude.size() + 7) / 8 * 8;
    varint(size << 1 | (value.node().negative ? 1u : 0u));
    out_ += magnitude;
    out_.append(size - magnitude.size(), '\0');
    return true;
  }

  bool string(std::u16string_view text) {
    if (is_latin1(text)) {
      tag(tag::kOneByteString);
      varint(text.size());
      for (const char16_t unit : text) out_ += static_cast<char>(unit);
      return true;
    }
    const std::size_t size = text.size() * 2;
    if ((out_.size() + 1 + varint_size(size)) % 2 != 0) tag(tag::kPadding);
    tag(tag::kTwoByteString);
    varint(size);
    for (const char16_t unit : text) {
      out_ += static_cast<char>(unit & 0xff);
      out_ += static_cast<char>(unit >> 8);
    }
    return true;
  }

  // Array indices first, by number, written as numbers; then the other keys in order of insertion.
  bool properties(const Node& node) {
    std::map<std::uint32_t, const Value*> indices;
    for (const auto& [key, value] : node.properties) {
      if (const auto index = array_index(key.text())) indices[*index] = &value;
    }
    for (const auto& [index, value] : indices) {
      if (!number(index) || !write(*value)) return false;
    }
    for (const auto& [key, value] : node.properties) {
      if (array_index(key.text())) continue;
      if (!string(key.text()) || !write(value)) return false;
    }
    return true;
  }

  static bool is_double_array(const Node& node) {
    bool any_real = false;
    for (const Value& item : node.items) {
      if (item.kind() != Kind::kNumber) return false;
      any_real = any_real || !small_integer(item.as_number());
    }
    return any_real;
  }

  bool array(const Node& node) {
    const auto hole = [](const Value& item) { return item.kind() == Kind::kHole; };
    if (std::any_of(node.items.begin(), node.items.end(), hole)) return sparse_array(node);
    tag(tag::kBeginDenseJSArray);
    varint(node.items.size());
    const bool reals = is_double_array(node);
    for (const Value& item : node.items) {
      if (!(reals ? tag(tag::kDouble) && real(item.as_number()) : write(item))) return false;
    }
    return properties(node) && tag(tag::kEndDenseJSArray) && varint(node.properties.size()) &&
           varint(node.items.size());
  }

  bool sparse_array(const Node& node) {
    tag(tag::kBeginSparseJSArray);
    varint(node.items.size());
    std::size_t written = node.properties.size();
    for (std::size_t i = 0; i < node.items.size(); ++i) {
      if (node.items[i].kind() == Kind::kHole) continue;
      ++written;
      if (!number(static_cast<double>(i)) || !write(node.items[i])) return false;
    }
    return properties(node) && tag(tag::kEndSparseJSArray) && varint(written) &&
           varint(node.items.size());
  }

  bool map(const Node& node) {
    tag(tag::kBeginJSMap);
    for (const auto& [key, value] : node.properties) {
      if (!write(key) || !write(value)) return false;
    }
    return tag(tag::kEndJSMap) && varint(node.properties.size() * 2);
  }

  bool set(const Node& node) {
    tag(tag::kBeginJSSet);
    for (const Value& item : node.items) {
      if (!write(item)) return false;
    }
    return tag(tag::kEndJSSet) && varint(node.items.size());
  }

  bool boxed(const Value& primitive) {
    switch (primitive.kind()) {
      case Kind::kBoolean:
        return tag(primitive.as_boolean() ? tag::kTrueObject : tag::kFalseObject);
      case Kind::kNumber:
        return tag(tag::kNumberObject) && real(primitive.as_number());
      case Kind::kBigInt:
        return tag(tag::kBigIntObject) && bigint(primitive);
      case Kind::kString:
        return tag(tag::kStringObject) && string(primitive.text());
      default:
        return refuse("#<Object> could not be cloned.");
    }
  }

  bool buffer(const Node& node) {
    tag(node.max_size ? tag::kResizableArrayBuffer : tag::kArrayBuffer);
    varint(node.octets.size());
    if (node.max_size) varint(*node.max_size);
    out_ += node.octets;
    return true;
  }

  bool view(const Node& node, char type) {
    static constexpr std::uint32_t kBackedByResizable = 2;
    tag(tag::kArrayBufferView);
    tag(type);
    varint(node.offset);
    varint(node.size);
    return varint(node.items.front().node().max_size ? kBackedByResizable : 0);
  }

  bool error(const Node& node) {
    tag(tag::kError);
    if (const char prototype = error_tag(node.octets)) tag(prototype);
    if (node.has_message) {
      tag(tag::kErrorMessage);
      string(node.text);
    }
    if (node.cause) {
      tag(tag::kErrorCause);
      if (!write(*node.cause)) return false;
    }
    if (node.stack) {
      tag(tag::kErrorStack);
      string(*node.stack);
    }
    return tag(tag::kErrorEnd);
  }

  // One comes back (ATT-06). Of what is in it nothing is known here.
  bool blob() {
    blobs_.push_back(Value::object());
    return receiver(blobs_.back());
  }

  bool refuse_host(const std::string& type) {
    return refuse("Could not serialize object of type \"" + type +
                  "\". This type does not support serialization.");
  }
  bool refuse(std::string problem) {
    problem_ = std::move(problem);
    return false;
  }

  bool tag(char octet) {
    out_ += octet;
    return true;
  }
  static std::size_t varint_size(std::uint64_t value) {
    return static_cast<std::size_t>(std::max(1, (static_cast<int>(std::bit_width(value)) + 6) / 7));
  }
  bool varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) out_ += static_cast<char>(value | 0x80);
    out_ += static_cast<char>(value);
    return true;
  }
  bool real(double value) {
    const auto bits = std::bit_cast<std::uint64_t>(value != value ? std::nan("") : value);
    for (int shift = 0; shift < 64; shift += 8) out_ += static_cast<char>(bits >> shift & 0xff);
    return true;
  }

  std::string out_;
  std::string problem_;
  std::deque<Value> blobs_;
  // Looked up only: nothing depends on the order of the addresses.
  std::map<const Node*, std::uint32_t> ids_;
  int depth_ = 0;
};

}  // namespace

std::variant<std::string, CloneError> serialize(const Value& value) {
  Writer writer;
  writer.header();
  if (!writer.write(value)) return CloneError{.message = writer.problem()};
  return writer.take();
}

}  // namespace torpor::value
