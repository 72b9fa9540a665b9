#include "conformance/targets/sample_workers.h"

#include <stdexcept>
#include <string>

#include "conformance/wrangler/configuration.h"

namespace torpor::targets {

WorkerdProcess::Worker SampleWorkers::worker_of(const scenario::Sample& sample) {
  const auto folder = std::filesystem::path(TORPOR_SOURCE_DIR) / "tools" / "samples" / sample.name;
  const wrangler::Loaded loaded = wrangler::load_configuration(
      folder / (sample.language == "ts" ? "wrangler.toml" : "wrangler.jsonc"));
  if (!loaded.configuration) {
    std::string what = "the sample \"" + sample.name + "\" cannot be served:";
    for (const scenario::Problem& problem : loaded.problems) what += "\n" + problem.to_string();
    throw std::runtime_error(what);
  }
  const wrangler::Configuration& found = *loaded.configuration;
  return {found.main.extension() == ".ts" ? typescript_.compiled(found.main) : found.main,
          found.classes, found.bindings};
}

}  // namespace torpor::targets
