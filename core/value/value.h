// JavaScript values, as far as the structured clone algorithm and the platform's methods need them.
// Objects have identity: copies of a Value that is an object are the same object. They are counted,
// not collected: a part refers back to what it is a part of by back_reference().
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace torpor::value {

enum class Kind {
  kUndefined,
  kNull,
  kBoolean,
  kNumber,
  kBigInt,
  kString,
  kSymbol,
  kHole,  // an absent element of an array; nothing else holds one
  kObject,
  kArray,
  kMap,
  kSet,
  kDate,
  kRegExp,
  kBoxed,  // new Boolean, new Number, new String, Object(1n)
  kArrayBuffer,
  kTypedArray,
  kDataView,
  kError,
  kFunction,  // cannot be cloned
  kHost,      // an API object such as a WebSocket: cannot be cloned
};

enum class ViewType : std::uint8_t {
  kInt8,
  kUint8,
  kUint8Clamped,
  kInt16,
  kUint16,
  kInt32,
  kUint32,
  kFloat32,
  kFloat64,
  kBigInt64,
  kBigUint64,
};

struct Node;

class Value {
 public:
  Value() = default;  // undefined
  static Value undefined() { return {}; }
  static Value null() { return Value(Kind::kNull); }
  static Value boolean(bool value);
  static Value number(double value);
  static Value string(std::u16string text);
  // Ill-formed octets become U+FFFD, encoded surrogates are kept.
  static Value utf8(std::string_view text);
  // Magnitude in little-endian octets, without leading zeros at the end.
  static Value bigint(bool negative, std::string magnitude);
  static Value hole() { return Value(Kind::kHole); }
  static Value symbol(std::u16string description);
  static Value function(std::u16string source);
  static Value host(std::string type);

  static Value object();
  static Value array();
  static Value map();
  static Value set();
  static Value date(double milliseconds);
  static Value regexp(std::u16string source, std::string flags);
  static Value boxed(Value primitive);
  static Value array_buffer(std::string octets, std::optional<std::size_t> max_size = std::nullopt);
  static Value typed_array(ViewType type, Value buffer, std::size_t offset, std::size_t octets);
  static Value data_view(Value buffer, std::size_t offset, std::size_t octets);
  // `name` as the constructor's ("TypeError"); others than the built-in ones are "Error".
  static Value error(std::string name, std::optional<std::u16string> message);

  Kind kind() const { return kind_; }
  bool is_undefined() const { return kind_ == Kind::kUndefined; }
  bool is_primitive() const { return kind_ < Kind::kHole; }
  bool same_object(const Value& other) const { return held() != nullptr && held() == other.held(); }
  // The same object, which the result does not keep alive: what closes a cycle. Taken out of the
  // whole by get() or at() it keeps it alive again.
  Value back_reference() const;

  bool as_boolean() const { return number_ != 0; }
  double as_number() const { return number_; }  // numbers; dates: milliseconds
  // Aborts for a back reference whose object is gone.
  const Node& node() const;
  Node& node();
  const std::u16string& text() const;

  // Objects, arrays (named properties) and errors: own properties in order. A missing one is
  // undefined.
  void set(std::string_view key, Value value);
  Value get(std::string_view key) const;

  // Arrays and sets. Maps.
  void push(Value value);
  std::size_t length() const;
  Value at(std::size_t index) const;
  void put(Value key, Value value);

  // The octets of a buffer, or those that a view shows; nothing for other kinds.
  std::optional<std::string_view> viewed_octets() const;

 private:
  explicit Value(Kind kind) : kind_(kind) {}
  Value(Kind kind, std::shared_ptr<Node> node) : kind_(kind), node_(std::move(node)) {}

  Node* held() const { return node_ ? node_.get() : back_.lock().get(); }
  Value kept() const;

  Kind kind_ = Kind::kUndefined;
  double number_ = 0;
  std::shared_ptr<Node> node_;
  std::weak_ptr<Node> back_;  // instead of node_: a back reference
};

// What is behind a Value that is not a plain primitive. Which members mean something depends on the
// kind.
struct Node {
  // String, symbol's description, function's source, regexp's source, error's message.
  std::u16string text;
  // Buffer's content, bigint's magnitude, regexp's flags, host's type, error's name.
  std::string octets;
  std::vector<std::pair<Value, Value>> properties;  // own properties (string keys); a map's entries
  std::vector<Value> items;  // array elements, set members; boxed: the primitive; view: buffer
  std::optional<std::size_t> max_size;  // a resizable buffer's
  std::size_t offset = 0;               // views, in octets
  std::size_t size = 0;
  ViewType view = ViewType::kInt8;
  bool negative = false;     // bigint
  bool has_message = false;  // error
  std::optional<std::u16string> stack;
  std::optional<Value> cause;
};

// Octets of one element of a typed array.
std::size_t element_size(ViewType type);

// Deep, structural equality with cycles; NaN equals NaN, 0 differs from -0.
bool structurally_equal(const Value& a, const Value& b);

}  // namespace torpor::value
