#include "conformance/explore/bisect.h"

#include <gtest/gtest.h>

#include "conformance/explore/generator.h"
#include "conformance/scenario/loader.h"
#include "core/compat/parameters.h"

namespace torpor::explore {
namespace {

const std::atomic<bool> kNotInterrupted{false};

Rerun generated(std::uint64_t seed) {
  static const statements::Registry registry = statements::embedded_registry().registry;
  auto loaded = scenario::load_case(generate(seed, {{"latency"}}).scenario, "generated", registry);
  const auto parameters = compat::parameters_of(compat::Profile::kParity);
  auto options = targets::options_of(loaded.cases.at(0), parameters);
  return {std::move(loaded.cases.at(0)), std::move(options)};
}

TEST(Bisect, EqualRunsHaveNoFirstDifference) {
  const Checkpointed run = checkpointed(generated(3), kNotInterrupted);
  EXPECT_FALSE(first_different(run, checkpointed(generated(3), kNotInterrupted)).has_value());
  EXPECT_TRUE(first_different(run, checkpointed(generated(4), kNotInterrupted)).has_value());
}

TEST(Bisect, TheWindowBeginsAfterTheLastCheckpointThatIsTheSame) {
  const Checkpointed a{{"x", "y", "z"}, 13'000, "1"}, b{{"x", "y", "w"}, 13'000, "2"};
  const auto window = first_different(a, b);
  ASSERT_TRUE(window);
  EXPECT_EQ(window->first, 2 * 4096 + 1u);
  EXPECT_EQ(window->last, 3 * 4096u);
  // One of them ended where the other goes on.
  const auto behind = first_different({{"x"}, 5000, "1"}, {{"x", "y"}, 9000, "2"});
  EXPECT_EQ(behind->first, 4097u);
}

TEST(Bisect, EventsAreThoseOfTheWindow) {
  const Rerun run = generated(3);
  const auto all = events_of(run, {1, 1'000'000}, kNotInterrupted);
  EXPECT_EQ(all.size(), checkpointed(run, kNotInterrupted).events);
  const auto some = events_of(run, {5, 7}, kNotInterrupted);
  ASSERT_EQ(some.size(), 3u);
  EXPECT_EQ(some[0], all[4]);
  EXPECT_TRUE(some[0].starts_with("5 ")) << some[0];
}

}  // namespace
}  // namespace torpor::explore
