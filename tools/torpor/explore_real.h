// torpor explore --target workerd: generated scenarios on the model and on a real server.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "conformance/statements/registry.h"
#include "core/json.h"
#include "tools/torpor/command.h"

namespace torpor::tool {

struct RealExploration {
  std::string target;
  std::uint64_t first = 1;
  std::optional<std::uint64_t> last;  // inclusive
  std::optional<std::chrono::milliseconds> budget;
  std::string save;
  std::vector<std::string> files;  // instead of seeds
  std::vector<std::string> families;
  bool json = false;
};

judge::ExitCode explore_real(const RealExploration& options, const statements::Registry& registry);

}  // namespace torpor::tool
