#include "conformance/scenario/payload.h"

namespace torpor::scenario {

std::string Payload::octets() const {
  std::string octets;
  octets.reserve(size());
  for (std::size_t i = 0; i < count; ++i) octets += unit;
  return octets;
}

bool Payload::equals(std::string_view octets) const {
  if (octets.size() != size()) return false;
  for (std::size_t at = 0; at < octets.size(); at += unit.size()) {
    if (octets.substr(at, unit.size()) != unit) return false;
  }
  return true;
}

}  // namespace torpor::scenario
