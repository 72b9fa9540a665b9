// One benchmark in a process of its own: what it measures of memory is its own, and its crash is a
// result.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "conformance/bench/benchmark.h"

namespace torpor::tool {

struct Measured {
  std::optional<bench::Outcome> outcome;
  std::string failure;  // why there is none
  std::int64_t peak_octets = 0;
};

// Calls `idle` now and then. When an interrupt is requested the process is stopped, and there is no
// outcome.
Measured measure(const bench::Benchmark& benchmark, const std::function<void()>& idle);

}  // namespace torpor::tool
