// tools/samples against the list of what the model serves.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "conformance/scenario/case.h"
#include "conformance/wrangler/configuration.h"
#include "reference-server/samples/samples.h"

namespace torpor::targets {
namespace {

namespace fs = std::filesystem;

TEST(Samples, EachHasAWorkerConfiguredInBothFormats) {
  std::set<std::string> folders;
  for (const auto& entry : fs::directory_iterator(TORPOR_SAMPLES)) {
    if (entry.is_directory()) folders.insert(entry.path().filename());
  }
  for (const server::samples::Sample& sample : server::samples::all_samples()) {
    const std::string name(sample.name);
    EXPECT_EQ(folders.erase(name), 1u) << name;
    const fs::path folder = fs::path(TORPOR_SAMPLES) / name;
    const wrangler::Loaded json = wrangler::load_configuration(folder / "wrangler.jsonc");
    const wrangler::Loaded toml = wrangler::load_configuration(folder / "wrangler.toml");
    for (const wrangler::Loaded* loaded : {&json, &toml}) {
      for (const scenario::Problem& problem : loaded->problems)
        ADD_FAILURE() << problem.to_string();
      ASSERT_TRUE(loaded->configuration.has_value());
      EXPECT_EQ(loaded->configuration->name, name);
      EXPECT_EQ(loaded->configuration->compatibility_date,
                scenario::Configuration{}.compatibility_date);
      ASSERT_EQ(loaded->configuration->bindings.size(), 1u);
      ASSERT_EQ(loaded->configuration->classes.size(), 1u);
      EXPECT_TRUE(loaded->configuration->classes[0].sqlite);
    }
    EXPECT_EQ(json.configuration->main, folder / "index.js");
    EXPECT_EQ(toml.configuration->main, folder / "index.ts");
    EXPECT_EQ(json.configuration->bindings[0].name, toml.configuration->bindings[0].name);
    EXPECT_EQ(json.configuration->classes[0].name, toml.configuration->classes[0].name);
  }
  EXPECT_TRUE(folders.empty()) << *folders.begin() << " has no twin in reference-server/samples";
}

TEST(Samples, TheFixturesConfigurationIsReadToo) {
  const wrangler::Loaded loaded =
      wrangler::load_configuration(fs::path(TORPOR_SAMPLES) / ".." / "fixture" / "wrangler.jsonc");
  for (const scenario::Problem& problem : loaded.problems) ADD_FAILURE() << problem.to_string();
  ASSERT_TRUE(loaded.configuration.has_value());
  EXPECT_EQ(loaded.configuration->bindings.at(0).name, "OBJECT");
  EXPECT_EQ(loaded.configuration->classes.at(0).name, "TorporObject");
}

}  // namespace
}  // namespace torpor::targets
