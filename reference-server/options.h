// How a Server is set up.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/compat/flags.h"
#include "core/compat/parameters.h"
#include "reference-server/app.h"

namespace torpor::server {

struct ServerOptions {
  compat::Parameters parameters = compat::parameters_of(compat::Profile::kParity);
  compat::Flags flags{};
  std::unique_ptr<App> app;
  // Date.now() when the model time is zero, in milliseconds since the Unix epoch.
  std::int64_t epoch_ms = 1'767'225'600'000;  // 2026-01-01T00:00:00Z
  // Where each object keeps a file of what it stores; empty: in memory. The folder exists.
  std::string storage_folder = {};
  // What SQL's random() draws from; absent: something else in every process.
  std::optional<std::uint64_t> random_seed = 1;
};

}  // namespace torpor::server
