// A RegExp's flags as bits of the wire format.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace torpor::value {

// In the order in which `flags` prints them.
inline constexpr std::array<std::pair<char, std::uint32_t>, 8> kRegExpFlags = {{
    {'d', 128},
    {'g', 1},
    {'i', 2},
    {'m', 4},
    {'s', 32},
    {'u', 16},
    {'v', 256},
    {'y', 8},
}};

inline std::uint32_t regexp_flag_bits(std::string_view flags) {
  std::uint32_t bits = 0;
  for (const auto& [letter, bit] : kRegExpFlags) {
    if (flags.find(letter) != std::string_view::npos) bits |= bit;
  }
  return bits;
}

inline std::string regexp_flags(std::uint32_t bits) {
  std::string flags;
  for (const auto& [letter, bit] : kRegExpFlags) {
    if (bits & bit) flags += letter;
  }
  return flags;
}

}  // namespace torpor::value
