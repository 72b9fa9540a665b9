#include "core/value/value.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <set>
#include <utility>

#include "core/value/array_index.h"
#include "core/value/text.h"

namespace torpor::value {

Value Value::boolean(bool value) {
  Value result(Kind::kBoolean);
  result.number_ = value ? 1 : 0;
  return result;
}

Value Value::number(double value) {
  Value result(Kind::kNumber);
  result.number_ = value;
  return result;
}

Value Value::string(std::u16string text) {
  auto node = std::make_shared<Node>();
  node->text = std::move(text);
  return {Kind::kString, std::move(node)};
}

Value Value::utf8(std::string_view text) {
  return string(utf16_from_utf8(text));
}

Value Value::bigint(bool negative, std::string magnitude) {
  while (!magnitude.empty() && magnitude.back() == '\0') magnitude.pop_back();
  auto node = std::make_shared<Node>();
  node->negative = negative && !magnitude.empty();
  node->octets = std::move(magnitude);
  return {Kind::kBigInt, std::move(node)};
}

Value Value::symbol(std::u16string description) {
  auto node = std::make_shared<Node>();
  node->text = std::move(description);
  return {Kind::kSymbol, std::move(node)};
}

Value Value::function(std::u16string source) {
  auto node = std::make_shared<Node>();
  node->text = std::move(source);
  return {Kind::kFunction, std::move(node)};
}

Value Value::host(std::string type) {
  auto node = std::make_shared<Node>();
  node->octets = std::move(type);
  return {Kind::kHost, std::move(node)};
}

Value Value::object() {
  return {Kind::kObject, std::make_shared<Node>()};
}
Value Value::array() {
  return {Kind::kArray, std::make_shared<Node>()};
}
Value Value::map() {
  return {Kind::kMap, std::make_shared<Node>()};
}
Value Value::set() {
  return {Kind::kSet, std::make_shared<Node>()};
}

Value Value::date(double milliseconds) {
  Value result(Kind::kDate, std::make_shared<Node>());
  result.number_ = milliseconds;
  return result;
}

Value Value::regexp(std::u16string source, std::string flags) {
  auto node = std::make_shared<Node>();
  node->text = std::move(source);
  node->octets = std::move(flags);
  return {Kind::kRegExp, std::move(node)};
}

Value Value::boxed(Value primitive) {
  auto node = std::make_shared<Node>();
  node->items.push_back(std::move(primitive));
  return {Kind::kBoxed, std::move(node)};
}

Value Value::array_buffer(std::string octets, std::optional<std::size_t> max_size) {
  auto node = std::make_shared<Node>();
  node->octets = std::move(octets);
  node->max_size = max_size;
  return {Kind::kArrayBuffer, std::move(node)};
}

Value Value::typed_array(ViewType type, Value buffer, std::size_t offset, std::size_t octets) {
  Value view = data_view(std::move(buffer), offset, octets);
  view.kind_ = Kind::kTypedArray;
  view.node_->view = type;
  return view;
}

Value Value::data_view(Value buffer, std::size_t offset, std::size_t octets) {
  auto node = std::make_shared<Node>();
  node->items.push_back(std::move(buffer));
  node->offset = offset;
  node->size = octets;
  return {Kind::kDataView, std::move(node)};
}

Value Value::error(std::string name, std::optional<std::u16string> message) {
  auto node = std::make_shared<Node>();
  node->octets = std::move(name);
  node->has_message = message.has_value();
  node->text = message.value_or(u"");
  return {Kind::kError, std::move(node)};
}

Value Value::back_reference() const {
  Value result = *this;
  result.back_ = node_;
  result.node_.reset();
  return result;
}

Value Value::kept() const {
  Value result = *this;
  if (!node_) result.node_ = back_.lock();
  result.back_.reset();
  return result;
}

const Node& Value::node() const {
  const Node* node = held();
  if (node == nullptr) std::abort();
  return *node;
}

Node& Value::node() {
  return const_cast<Node&>(std::as_const(*this).node());
}

const std::u16string& Value::text() const {
  return node().text;
}

void Value::set(std::string_view key, Value value) {
  const std::u16string name = utf16_from_utf8(key);
  for (auto& [known, slot] : node().properties) {
    if (known.text() == name) {
      slot = std::move(value);
      return;
    }
  }
  // ECMA-262, OrdinaryOwnPropertyKeys: array indices first, in numeric order.
  auto place = node().properties.end();
  if (const auto index = array_index(name)) {
    place =
        std::find_if(node().properties.begin(), node().properties.end(), [&](const auto& property) {
          const auto other = array_index(property.first.text());
          return !other || *other > *index;
        });
  }
  node().properties.emplace(place, string(name), std::move(value));
}

Value Value::get(std::string_view key) const {
  if (held() == nullptr || kind_ == Kind::kMap) return undefined();
  const std::u16string name = utf16_from_utf8(key);
  for (const auto& [known, value] : node().properties) {
    if (known.text() == name) return value.kept();
  }
  return undefined();
}

void Value::push(Value value) {
  node().items.push_back(std::move(value));
}
std::size_t Value::length() const {
  return node().items.size();
}
Value Value::at(std::size_t index) const {
  return node().items.at(index).kept();
}
void Value::put(Value key, Value value) {
  node().properties.emplace_back(std::move(key), std::move(value));
}

std::optional<std::string_view> Value::viewed_octets() const {
  if (kind_ == Kind::kArrayBuffer) return node().octets;
  if (kind_ != Kind::kTypedArray && kind_ != Kind::kDataView) return std::nullopt;
  const std::string_view all = node().items.front().node().octets;
  return node().offset <= all.size() ? all.substr(node().offset, node().size) : std::string_view();
}

std::size_t element_size(ViewType type) {
  switch (type) {
    case ViewType::kInt8:
    case ViewType::kUint8:
    case ViewType::kUint8Clamped:
      return 1;
    case ViewType::kInt16:
    case ViewType::kUint16:
      return 2;
    case ViewType::kInt32:
    case ViewType::kUint32:
    case ViewType::kFloat32:
      return 4;
    case ViewType::kFloat64:
    case ViewType::kBigInt64:
    case ViewType::kBigUint64:
      return 8;
  }
  return 1;
}

namespace {

class Comparison {
 public:
  bool equal(const Value& a, const Value& b) {
    if (a.kind() != b.kind()) return false;
    if (a.kind() == Kind::kBoolean || a.kind() == Kind::kNumber || a.kind() == Kind::kDate) {
      return same_number(a.as_number(), b.as_number());
    }
    if (a.kind() == Kind::kUndefined || a.kind() == Kind::kNull || a.kind() == Kind::kHole)
      return true;
    const Node& x = a.node();
    const Node& y = b.node();
    // A pair that is being compared already counts as equal: the cycle closes the same way in both.
    if (!seen_.insert({&x, &y}).second) return true;
    return x.text == y.text && x.octets == y.octets && x.max_size == y.max_size &&
           x.offset == y.offset && x.size == y.size && x.view == y.view &&
           x.negative == y.negative && x.has_message == y.has_message && equal_items(x, y) &&
           equal_properties(x, y) && equal_causes(x, y);
  }

 private:
  static bool same_number(double a, double b) {
    if (a != a) return b != b;
    return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
  }
  bool equal_items(const Node& x, const Node& y) {
    if (x.items.size() != y.items.size()) return false;
    for (std::size_t i = 0; i < x.items.size(); ++i) {
      if (!equal(x.items[i], y.items[i])) return false;
    }
    return true;
  }
  bool equal_properties(const Node& x, const Node& y) {
    if (x.properties.size() != y.properties.size()) return false;
    for (std::size_t i = 0; i < x.properties.size(); ++i) {
      if (!equal(x.properties[i].first, y.properties[i].first)) return false;
      if (!equal(x.properties[i].second, y.properties[i].second)) return false;
    }
    return true;
  }
  bool equal_causes(const Node& x, const Node& y) {
    return x.cause.has_value() == y.cause.has_value() && (!x.cause || equal(*x.cause, *y.cause));
  }
  std::set<std::pair<const Node*, const Node*>> seen_;
};

}  // namespace

bool structurally_equal(const Value& a, const Value& b) {
  return Comparison().equal(a, b);
}

}  // namespace torpor::value
