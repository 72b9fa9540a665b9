// Makes a failing scenario as small as it gets while the same thing is still broken: fewer steps,
// ops, handlers, faults and choices, shorter waits and payloads.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <string>

#include "core/json.h"

namespace torpor::explore {

struct ShrinkOptions {
  // Whether the scenario, which may be malformed, still fails in the same way.
  std::function<bool(const Json& scenario)> still_fails;
  std::size_t runs_max = 20'000;
  std::function<void(std::size_t runs, const Json& smallest)> progress = {};
};

struct Shrunk {
  Json scenario;
  std::size_t runs = 0;
  // No step can be taken away; false when runs_max or `stop` came first.
  bool minimal = false;
};

// REQUIRES: still_fails(scenario).
Shrunk shrink(const Json& scenario, const ShrinkOptions& options, const std::atomic<bool>& stop);

}  // namespace torpor::explore
