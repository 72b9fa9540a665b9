#include "conformance/explore/needed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conformance/explore/faults.h"
#include "conformance/explore/generator.h"

namespace torpor::explore {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Needed, EveryFamilyCanBeTakenAwayAgain) {
  for (const Family& family : families()) {
    const std::string name(family.name);
    int seen = 0;
    for (std::uint64_t seed = 0; seed < 1000 && seen < 3; ++seed) {
      const Generated generated = generate(seed, {{name}});
      if (generated.families.empty()) continue;
      const auto has_it = [&](const Json& scenario) {
        const auto found = families_of(scenario);
        return std::find(found.begin(), found.end(), name) != found.end();
      };
      if (has_it(generated.scenario)) ++seen;
      EXPECT_FALSE(has_it(without_family(generated.scenario, name))) << name << " " << seed;
    }
    EXPECT_EQ(seen, 3) << name << " leaves no trace in a scenario";
  }
}

TEST(Needed, OnlyWhatAFailureCannotDoWithout) {
  const Json scenario = Json::parse(R"({
    "simulation": {"seed": 1, "network": {"cut": 5, "stall": 7}, "objects": {"evict": 9}},
    "program": {"message": [{"op": "throw"}, {"op": "sleep", "ms": 1}]},
    "steps": [{"do": "reset", "client": "a"}]})");
  EXPECT_THAT(families_of(scenario), ElementsAre("stall", "cut", "evict", "leaving", "exceptions"));
  const auto fails_when_cut = [](const Json& candidate) {
    return candidate.contains(Json::json_pointer("/simulation/network/cut"));
  };
  EXPECT_THAT(needed_families(scenario, fails_when_cut), ElementsAre("cut"));
  EXPECT_THAT(needed_families(scenario, [](const Json&) { return true; }), IsEmpty());
}

}  // namespace
}  // namespace torpor::explore
