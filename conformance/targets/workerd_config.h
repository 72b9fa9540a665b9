// What one workerd serves, as the text of its configuration.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "conformance/wrangler/configuration.h"

namespace torpor::targets {

// Of the name of every service: workerd's messages begin with it.
inline constexpr const char* kWorkerdServicePrefix = "torpor-";

struct WorkerdService {
  std::string compatibility_date;
  std::vector<std::string> flags;
  // Their paths in workerd's folder, and their names; the first is the worker.
  std::vector<std::string> modules;
  std::vector<wrangler::DurableClass> classes;
  std::vector<wrangler::Binding> bindings;
};

// Where the objects of the service keep what they store; the folder must exist.
std::filesystem::path workerd_disk(const std::filesystem::path& folder, std::size_t service);

// Cap'n Proto text: each service on its port of 127.0.0.1. REQUIRES: as many ports as services.
std::string workerd_config(const std::vector<WorkerdService>& services,
                           const std::vector<std::uint16_t>& ports,
                           const std::filesystem::path& folder);

}  // namespace torpor::targets
