// Octets that a scenario names, kept short: a 32 MiB message is one octet and a count until it is
// sent.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace torpor::scenario {

struct Payload {
  std::string unit;
  std::size_t count = 1;

  std::size_t size() const { return unit.size() * count; }
  std::string octets() const;
  bool equals(std::string_view octets) const;  // without expanding
};

}  // namespace torpor::scenario
