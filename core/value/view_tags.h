// The wire format's letters for views and for the built-in errors.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "core/value/v8_tags.h"
#include "core/value/value.h"

namespace torpor::value {

struct ViewName {
  ViewType type;
  char tag;
  std::string_view name;
};

inline constexpr char kDataViewTag = '?';
inline constexpr std::array<ViewName, 11> kViewNames = {{
    {ViewType::kInt8, 'b', "Int8Array"},
    {ViewType::kUint8, 'B', "Uint8Array"},
    {ViewType::kUint8Clamped, 'C', "Uint8ClampedArray"},
    {ViewType::kInt16, 'w', "Int16Array"},
    {ViewType::kUint16, 'W', "Uint16Array"},
    {ViewType::kInt32, 'd', "Int32Array"},
    {ViewType::kUint32, 'D', "Uint32Array"},
    {ViewType::kFloat32, 'f', "Float32Array"},
    {ViewType::kFloat64, 'F', "Float64Array"},
    {ViewType::kBigInt64, 'q', "BigInt64Array"},
    {ViewType::kBigUint64, 'Q', "BigUint64Array"},
}};

inline char view_tag(ViewType type) {
  return kViewNames[static_cast<std::size_t>(type)].tag;
}
inline std::string_view view_name(ViewType type) {
  return kViewNames[static_cast<std::size_t>(type)].name;
}
inline std::optional<ViewType> view_of_tag(char tag) {
  for (const ViewName& view : kViewNames) {
    if (view.tag == tag) return view.type;
  }
  return std::nullopt;
}
inline std::optional<ViewType> view_named(std::string_view name) {
  for (const ViewName& view : kViewNames) {
    if (view.name == name) return view.type;
  }
  return std::nullopt;
}

inline constexpr std::array<std::pair<char, std::string_view>, 6> kErrorTags = {{
    {tag::kEvalError, "EvalError"},
    {tag::kRangeError, "RangeError"},
    {tag::kReferenceError, "ReferenceError"},
    {tag::kSyntaxError, "SyntaxError"},
    {tag::kTypeError, "TypeError"},
    {tag::kUriError, "URIError"},
}};

// 0 for plain errors and every other name.
inline char error_tag(std::string_view name) {
  for (const auto& [letter, known] : kErrorTags) {
    if (known == name) return letter;
  }
  return 0;
}

}  // namespace torpor::value
