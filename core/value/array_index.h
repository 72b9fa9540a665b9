// Which property keys are array indices: canonical decimal numbers below 2^32 - 1.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace torpor::value {

inline std::optional<std::uint32_t> array_index(std::u16string_view key) {
  if (key.empty() || key.size() > 10 || (key[0] == u'0' && key.size() > 1)) return std::nullopt;
  std::uint64_t index = 0;
  for (const char16_t unit : key) {
    if (unit < u'0' || unit > u'9') return std::nullopt;
    index = index * 10 + (unit - u'0');
  }
  return index < 0xffffffffu ? std::optional(static_cast<std::uint32_t>(index)) : std::nullopt;
}

}  // namespace torpor::value
