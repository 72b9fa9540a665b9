// Choices of a generator, from one stream of the oracle.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "sim/chooser.h"

namespace torpor::explore {

class Draw {
 public:
  // `part` names the stream: what one part of a scenario draws shifts nothing in the others.
  Draw(sim::Chooser& chooser, std::uint64_t part) : chooser_(chooser), part_(part) {}

  std::uint64_t below(std::uint64_t bound) {
    return chooser_.choose(sim::Choice::kScenario, part_, bound);
  }
  std::int64_t between(std::int64_t min, std::int64_t max) {
    return min + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(max - min) + 1));
  }
  // Of a hundred, so many.
  bool percent(std::uint64_t chance) { return below(100) < chance; }
  template <typename T>
  T one_of(std::initializer_list<T> values) {
    return *(values.begin() + static_cast<std::ptrdiff_t>(below(values.size())));
  }
  template <typename T>
  const T& one_of(const std::vector<T>& values) {
    return values[below(values.size())];
  }
  // The index of one weight, as likely as it is heavy.
  std::size_t weighted(std::initializer_list<std::uint32_t> weights) {
    std::uint64_t sum = 0;
    for (const std::uint32_t weight : weights) sum += weight;
    std::uint64_t left = below(sum);
    std::size_t index = 0;
    for (const std::uint32_t weight : weights) {
      if (left < weight) break;
      left -= weight;
      ++index;
    }
    return index;
  }

 private:
  sim::Chooser& chooser_;
  std::uint64_t part_;
};

}  // namespace torpor::explore
