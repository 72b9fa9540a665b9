// Explores many seeds, one process per core: a seed that crashes its process or never ends is a
// result, and not the end.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "conformance/explore/evaluate.h"
#include "conformance/explore/generator.h"
#include "conformance/explore/store.h"
#include "conformance/statements/registry.h"

namespace torpor::explore {

struct CampaignOptions {
  std::uint64_t first = 1;
  std::optional<std::uint64_t> last;  // inclusive; absent: until the budget is used up
  std::optional<std::chrono::milliseconds> budget;
  std::size_t jobs = 1;
  // Of `shards` campaigns side by side this is number `shard`, from 0.
  std::size_t shard = 0;
  std::size_t shards = 1;
  std::set<std::uint64_t> known;  // seeds that need not be run again
  std::chrono::seconds seed_timeout{60};
  GeneratorOptions generator;
  EvaluateOptions evaluate;
  std::string mutant;  // of a test build; empty: none
};

struct CampaignEvents {
  std::function<void(SeedResult)> result;
  std::function<void()> idle;  // now and then
};

// The result of one seed, in this process.
SeedResult explore_seed(std::uint64_t seed, const CampaignOptions& options,
                        const statements::Registry& registry, const std::atomic<bool>& stop);

// Whether all seeds were run, or the budget was used up; false when `stop` came first. Throws
// StoreError when no process can be started.
bool run_campaign(const CampaignOptions& options, const statements::Registry& registry,
                  const CampaignEvents& events, const std::atomic<bool>& stop);

// The scenario of a failure, ready to be run again: with the choices that were made.
Json failing_scenario(const Json& scenario, const Evaluation& evaluation);

// What tells that the properties see anything at all: a trace out of which something was taken, in
// which something was doubled or turned round, must be found to be wrong. What was not noticed;
// empty when all is well.
std::vector<std::string> missed_canaries(const CampaignOptions& options,
                                         const statements::Registry& registry);

}  // namespace torpor::explore
