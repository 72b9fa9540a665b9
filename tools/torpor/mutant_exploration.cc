#include "tools/torpor/mutant_exploration.h"

#include <atomic>
#include <chrono>

#include "conformance/explore/campaign.h"
#include "core/compat/parameters.h"
#include "tools/torpor/interrupt.h"

namespace torpor::tool {

std::optional<Exploration> explore_mutant(const std::string& mutant, std::uint64_t seeds_max,
                                          const statements::Registry& registry) {
  explore::CampaignOptions campaign;
  campaign.last = seeds_max;
  campaign.mutant = mutant;
  campaign.seed_timeout = std::chrono::seconds(20);
  campaign.generator.families = explore::all_family_names();
  campaign.evaluate.parameters = compat::parameters_of(compat::Profile::kParity);
  Exploration result;
  std::atomic<bool> stop{false};
  explore::CampaignEvents events;
  events.result = [&](const explore::SeedResult& seed) {
    if (result.killed) return;
    ++result.seeds;
    if (seed.passed()) return;
    result.killed = stop = true;
    result.bucket = seed.bucket;
    result.message = seed.message;
  };
  events.idle = [&] { stop = stop || Interrupt::requested(); };
  explore::run_campaign(campaign, registry, events, stop);
  if (Interrupt::requested()) return std::nullopt;
  return result;
}

}  // namespace torpor::tool
