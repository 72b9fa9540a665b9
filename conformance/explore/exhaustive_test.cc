#include "conformance/explore/exhaustive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace torpor::explore {
namespace {

using sim::Asked;
using sim::Choice;
using sim::Chosen;
using ::testing::ElementsAre;

const std::atomic<bool> kGoOn{false};

// A run that asks for the order of three things, then of the two that are left.
class ThreeThings {
 public:
  std::vector<Asked> operator()(const sim::Choices& choices) {
    std::vector<Asked> asked;
    std::string left = "abc", order;
    for (std::uint64_t nth = 0; left.size() > 1; ++nth) {
      std::uint64_t value = 0;
      for (const Chosen& one : choices) {
        if (one.nth == nth) value = one.value;
      }
      asked.push_back({{Choice::kOrder, 0, nth, value}, left.size()});
      order += left[value];
      left.erase(value, 1);
    }
    orders.push_back(order + left);
    return asked;
  }
  std::vector<std::string> orders;
};

TEST(Exhaustive, EveryOrderOnceTheUneventfulOneFirst) {
  ThreeThings things;
  const Exhausted all = exhaust(std::ref(things), {.deviations_max = 2}, kGoOn);
  EXPECT_TRUE(all.complete);
  EXPECT_EQ(all.total(), 6u);
  EXPECT_EQ(things.orders.front(), "abc");
  EXPECT_EQ(std::set<std::string>(things.orders.begin(), things.orders.end()).size(), 6u);
}

TEST(Exhaustive, FewerDeviationsAreFewerRuns) {
  ThreeThings things;
  const Exhausted some = exhaust(std::ref(things), {.deviations_max = 1}, kGoOn);
  EXPECT_TRUE(some.complete);
  EXPECT_THAT(some.runs, ElementsAre(1, 3));
  EXPECT_THAT(things.orders, ElementsAre("abc", "bac", "cab", "acb"));
}

TEST(Exhaustive, SaysWhenItWasNotAllOfThem) {
  ThreeThings things;
  const Exhausted some = exhaust(std::ref(things), {.deviations_max = 2, .runs_max = 4}, kGoOn);
  EXPECT_FALSE(some.complete);
  EXPECT_EQ(some.total(), 4u);
}

TEST(Exhaustive, AFaultHappensOrDoesNotAndAKeyIsNoChoice) {
  constexpr std::uint64_t kMillion = 1'000'000;
  std::vector<std::uint64_t> values;
  const auto run = [&](const sim::Choices& choices) {
    values.push_back(choices.empty() ? 0 : choices.front().value);
    return std::vector<Asked>{{{Choice::kFault, 3, 0, 0}, kMillion},
                              {{Choice::kMaskKey, 3, 0, 77}, kMillion}};
  };
  EXPECT_TRUE(exhaust(run, {.deviations_max = 1}, kGoOn).complete);
  EXPECT_THAT(values, ElementsAre(0, kMillion - 1));
}

}  // namespace
}  // namespace torpor::explore
