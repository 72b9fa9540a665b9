#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <barrier>
#include <filesystem>
#include <future>

#include "conformance/explore/campaign.h"
#include "conformance/explore/faults.h"
#include "conformance/explore/generator.h"
#include "conformance/explore/shrink.h"
#include "conformance/explore/store.h"
#include "core/compat/parameters.h"

namespace torpor::explore {
namespace {

using ::testing::IsEmpty;

const statements::Registry& registry() {
  static const statements::Registry all = statements::embedded_registry().registry;
  return all;
}

CampaignOptions options() {
  CampaignOptions options;
  options.generator.families = all_family_names();
  options.evaluate.parameters = compat::parameters_of(compat::Profile::kParity);
  return options;
}

SeedResult explored(std::uint64_t seed) {
  const std::atomic<bool> stop{false};
  return explore_seed(seed, options(), registry(), stop);
}

TEST(Explore, WhateverTheSeedEveryPropertyHolds) {
  const bool holds = rc::check("every seed passes", [](std::uint64_t seed) {
    const SeedResult result = explored(seed % (std::uint64_t{1} << 62));
    RC_ASSERT(result.bucket == "");
    RC_ASSERT(result.verdict == "pass");
  });
  EXPECT_TRUE(holds);
}

TEST(Explore, ASeedIsTheSameScenarioAndTheSameRunEachTime) {
  for (const std::uint64_t seed : {1u, 2u, 77u}) {
    EXPECT_EQ(generate(seed, options().generator).scenario,
              generate(seed, options().generator).scenario);
    EXPECT_EQ(explored(seed).digest, explored(seed).digest);
  }
  EXPECT_NE(explored(1).digest, explored(2).digest);
}

TEST(Explore, NoFaultIsOnThatIsNotAllowed) {
  GeneratorOptions only;
  only.families = {"evict"};
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const Generated generated = generate(seed, only);
    for (const std::string& family : generated.families) EXPECT_EQ(family, "evict");
  }
}

TEST(Explore, EveryFamilyIsOnInSomeSeed) {
  std::set<std::string> seen;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    for (const std::string& family : generate(seed, options().generator).families)
      seen.insert(family);
  }
  EXPECT_EQ(seen.size(), families().size());
}

TEST(Explore, ItsCanariesAreNoticed) {
  EXPECT_THAT(missed_canaries(options(), registry()), IsEmpty());
}

TEST(Shrink, LeavesNothingThatCanBeTakenAway) {
  Json scenario = {{"program", {{"message", Json::array()}}}, {"steps", Json::array()}};
  for (int i = 0; i < 100; ++i)
    scenario["steps"].push_back({{"do", "wait"}, {"ms", static_cast<unsigned>(i)}});
  const auto has = [](const Json& steps, unsigned ms) {
    return std::any_of(steps.begin(), steps.end(),
                       [&](const Json& step) { return step["ms"] == ms; });
  };
  ShrinkOptions shrinking;
  shrinking.still_fails = [&](const Json& candidate) {
    return has(candidate["steps"], 17) && has(candidate["steps"], 80);
  };
  const std::atomic<bool> stop{false};
  const Shrunk shrunk = shrink(scenario, shrinking, stop);
  EXPECT_TRUE(shrunk.minimal);
  EXPECT_EQ(shrunk.scenario["steps"].size(), 2u);
  EXPECT_TRUE(shrinking.still_fails(shrunk.scenario));
}

TEST(Shrink, StopsWhereItIsWhenItsRunsAreUsedUp) {
  Json scenario = {{"program", Json::object()}, {"steps", Json::array()}};
  for (unsigned i = 0; i < 64; ++i) scenario["steps"].push_back({{"do", "wait"}, {"ms", i}});
  ShrinkOptions shrinking;
  shrinking.runs_max = 5;
  shrinking.still_fails = [](const Json&) { return false; };
  const std::atomic<bool> stop{false};
  const Shrunk shrunk = shrink(scenario, shrinking, stop);
  EXPECT_FALSE(shrunk.minimal);
  EXPECT_EQ(shrunk.runs, 5u);
  EXPECT_EQ(shrunk.scenario, scenario);
}

SeedResult result(std::uint64_t seed, const std::string& digest, const std::string& bucket = "") {
  SeedResult one;
  one.seed = seed;
  one.digest = digest;
  one.verdict = bucket.empty() ? "pass" : "fail";
  one.bucket = bucket;
  return one;
}

TEST(Store, TheOrderOfResultsDoesNotMatter) {
  Store forth(""), back("");
  const auto a = forth.campaign("s"), b = back.campaign("s");
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    forth.add(a, result(seed, std::to_string(seed)));
    back.add(b, result(19 - seed, std::to_string(19 - seed)));
  }
  EXPECT_EQ(forth.digest(a), back.digest(b));
}

TEST(Store, OneSeedThatCameToTwoEndsIsTold) {
  Store store("");
  const auto campaign = store.campaign("s");
  EXPECT_EQ(store.add(campaign, result(7, "aa")), std::nullopt);
  EXPECT_EQ(store.add(campaign, result(7, "aa")), std::nullopt);
  EXPECT_THAT(store.add(campaign, result(7, "bb")).value_or(""), ::testing::HasSubstr("seed 7"));
}

// Each thread has a connection of its own, as each of several processes has.
TEST(Store, OfSeveralThatBeginAFileAndACampaignOneMakesThem) {
  const std::string folder = ::testing::TempDir() + "torpor-store-" + std::to_string(getpid());
  std::filesystem::create_directories(folder);
  for (int round = 0; round < 20; ++round) {
    const std::string file = folder + "/" + std::to_string(round) + ".sqlite";
    std::barrier together(4);
    std::vector<std::future<std::int64_t>> ids;
    for (int i = 0; i < 4; ++i) {
      ids.push_back(std::async(std::launch::async, [&] {
        together.arrive_and_wait();
        return Store(file).campaign("the same");
      }));
    }
    for (auto& id : ids) EXPECT_EQ(id.get(), 1);
  }
  std::filesystem::remove_all(folder);
}

TEST(Store, MergingKeepsCampaignsApartAndTellsWhatDiffers) {
  Store all(""), one(""), two("");
  one.add(one.campaign("s"), result(1, "aa", "broken"));
  two.add(two.campaign("s"), result(1, "cc"));
  two.add(two.campaign("other"), result(1, "dd"));
  EXPECT_THAT(all.merge(one), IsEmpty());
  EXPECT_EQ(all.merge(two).size(), 1u);
  EXPECT_EQ(all.campaigns().size(), 2u);
  EXPECT_EQ(all.buckets(all.campaign("s")).at(0).name, "broken");
}

}  // namespace
}  // namespace torpor::explore
