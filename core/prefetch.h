// For work that goes from one of many objects to another, none of which is in the cache.
#pragma once

#include <cstddef>

namespace torpor {

// Starts to bring these octets into the cache; waits for nothing. They need not all be there.
// REQUIRES: `from` is not null.
inline void prefetch_memory(const void* from, std::size_t size) {
  constexpr std::size_t kLine = 64;
  for (std::size_t i = 0; i < size; i += kLine)
    __builtin_prefetch(static_cast<const char*>(from) + i);
}

}  // namespace torpor
