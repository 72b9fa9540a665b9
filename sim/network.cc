#include "sim/network.h"

#include <algorithm>

namespace torpor::sim {

bool fault_happens(Chooser& chooser, std::uint64_t entity, std::uint32_t per_million, Choice kind) {
  constexpr std::uint32_t kMillion = 1'000'000;
  if (per_million == 0) return false;
  return chooser.choose(kind, entity, kMillion) >= kMillion - std::min(per_million, kMillion);
}

}  // namespace torpor::sim
