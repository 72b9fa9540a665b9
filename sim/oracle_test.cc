#include "sim/oracle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace torpor::sim {
namespace {

using testing::ElementsAre;

std::vector<std::uint64_t> draws(Oracle oracle, Choice kind, std::uint64_t entity,
                                 std::uint64_t bound, int count) {
  std::vector<std::uint64_t> values;
  for (int i = 0; i < count; ++i) values.push_back(oracle.choose(kind, entity, bound));
  return values;
}

// The very numbers, from an independent implementation: a seed means the same on every machine,
// compiler and optimisation level.
TEST(Oracle, ASeedGivesTheseNumbers) {
  EXPECT_THAT(draws(Oracle::from_seed(1), Choice::kLatency, 7, 1000, 6),
              ElementsAre(52, 36, 256, 799, 480, 852));
  EXPECT_THAT(draws(Oracle::from_seed(0), Choice::kMaskKey, 0, std::uint64_t{1} << 32, 4),
              ElementsAre(1776398383, 1034932187, 4117200729, 2611057577));
}

// A bound just above 2^63 rejects every second number, which is then mixed once more; the entity is
// one that no vector reaches.
TEST(Oracle, ASeedGivesTheseNumbersBelowAnyBound) {
  EXPECT_THAT(draws(Oracle::from_seed(~std::uint64_t{0}), Choice::kFault,
                    (std::uint64_t{1} << 40) + 5, (std::uint64_t{1} << 63) + 1, 4),
              ElementsAre(1097613289707177907u, 3163845674175026942u, 1272693571480367045u,
                          8411272631366477060u));
}

TEST(Oracle, AnotherStreamDoesNotShiftThisOne) {
  Oracle alone = Oracle::from_seed(9), mixed = Oracle::from_seed(9);
  for (int i = 0; i < 100; ++i) {
    mixed.choose(Choice::kFault, 1, 10);
    mixed.choose(Choice::kLatency, 2, 10);
    EXPECT_EQ(alone.choose(Choice::kLatency, 1, 1u << 30),
              mixed.choose(Choice::kLatency, 1, 1u << 30));
  }
}

RC_GTEST_PROP(Oracle, StaysBelowTheBound, (std::uint64_t seed, std::uint64_t entity)) {
  const auto bound = *rc::gen::inRange<std::uint64_t>(1, 1000);
  for (const std::uint64_t value :
       draws(Oracle::from_seed(seed), Choice::kChunk, entity, bound, 50)) {
    RC_ASSERT(value < bound);
  }
}

TEST(Oracle, CalmChoosesNothingButKeys) {
  EXPECT_THAT(draws(Oracle::calm(1), Choice::kLatency, 1, 1000, 3), ElementsAre(0, 0, 0));
  EXPECT_NE(draws(Oracle::calm(1), Choice::kMaskKey, 1, 1u << 30, 3),
            draws(Oracle::calm(2), Choice::kMaskKey, 1, 1u << 30, 3));
}

RC_GTEST_PROP(Oracle, ReplaysItsTapeThroughJson, (std::uint64_t seed)) {
  Oracle first = Oracle::from_seed(seed);
  for (std::uint64_t i = 1; i < 40; ++i)
    first.choose(i % 2 ? Choice::kLatency : Choice::kOrder, i, i * 3);
  const auto tape = tape_from_json(to_json(first.tape()));
  Oracle second = Oracle::from_tape(std::get<Tape>(tape));
  for (std::uint64_t i = 1; i < 40; ++i)
    second.choose(i % 2 ? Choice::kLatency : Choice::kOrder, i, i * 3);
  RC_ASSERT(second.tape() == first.tape());
  RC_ASSERT(second.unread() == 0u);
}

std::string divergence_of(Tape tape, Choice kind, std::uint64_t bound) {
  Oracle oracle = Oracle::from_tape(std::move(tape));
  try {
    oracle.choose(kind, 1, bound);
  } catch (const TapeDivergence& divergence) {
    return divergence.what();
  }
  return "none";
}

TEST(Oracle, ARunThatLeavesItsTapeIsToldWhere) {
  EXPECT_EQ(divergence_of({{Choice::kLatency, 5, 4}}, Choice::kLatency, 5), "none");
  EXPECT_EQ(divergence_of({}, Choice::kLatency, 5), "choice 0: the tape has ended before the run");
  EXPECT_EQ(divergence_of({{Choice::kChunk, 5, 1}}, Choice::kLatency, 5),
            "choice 0: the tape has kind 1 of 5, the run asks for kind 0 of 5");
  EXPECT_EQ(divergence_of({{Choice::kLatency, 6, 1}}, Choice::kLatency, 5),
            "choice 0: the tape has kind 0 of 6, the run asks for kind 0 of 5");
  EXPECT_EQ(divergence_of({{Choice::kLatency, 5, 5}}, Choice::kLatency, 5),
            "choice 0: the tape has a value that its bound does not allow");
}

TEST(Oracle, SaysHowMuchOfItsTapeNobodyAskedFor) {
  Oracle oracle = Oracle::from_tape({{Choice::kLatency, 5, 1}, {Choice::kChunk, 5, 1}});
  oracle.choose(Choice::kLatency, 1, 5);
  EXPECT_EQ(oracle.unread(), 1u);
}

TEST(Tape, MalformedJsonIsNamed) {
  EXPECT_EQ(std::get<std::string>(tape_from_json(Json::parse("[[0,5,5]]"))),
            "entry 0 of the tape has a value that its bound does not allow");
  EXPECT_EQ(std::get<std::string>(tape_from_json(Json::parse("[[0,5,1],[9,5,1]]"))),
            "entry 1 of the tape has an unknown kind");
  EXPECT_EQ(std::get<std::string>(tape_from_json(Json::parse("{}"))), "a tape is a list");
  EXPECT_EQ(std::get<std::string>(tape_from_json(Json::parse("[[0,5]]"))),
            "entry 0 of the tape is not [kind, bound, value]");
  EXPECT_EQ(std::get<std::string>(tape_from_json(Json::parse("[[0,5,-1]]"))),
            "entry 0 of the tape has something else than whole numbers");
}

TEST(Oracle, ItsEventfulChoicesAloneMakeTheSameRunAgain) {
  Oracle first = Oracle::from_seed(7);
  std::vector<std::uint64_t> values;
  const auto run = [](Oracle& oracle) {
    std::vector<std::uint64_t> chosen;
    for (std::uint64_t i = 0; i < 300; ++i)
      chosen.push_back(oracle.choose(i % 3 == 0 ? Choice::kMaskKey : Choice::kFault, i % 5, 4));
    return chosen;
  };
  values = run(first);
  Oracle second = Oracle::from_choices(7, first.eventful());
  EXPECT_EQ(run(second), values);
  for (const Chosen& one : first.eventful()) EXPECT_NE(one.value, 0u);
}

TEST(Oracle, AGivenChoiceStaysWhereItIsWhenOthersAreLeftOut) {
  Oracle oracle = Oracle::from_choices(1, {{Choice::kChunk, 4, 1, 2}});
  EXPECT_EQ(oracle.choose(Choice::kLatency, 4, 9), 0u);
  EXPECT_EQ(oracle.choose(Choice::kChunk, 4, 9), 0u);
  EXPECT_EQ(oracle.choose(Choice::kChunk, 5, 9), 0u);
  EXPECT_EQ(oracle.choose(Choice::kChunk, 4, 9), 2u);
}

TEST(Oracle, AGivenChoiceIsCutToWhatIsAskedFor) {
  Oracle oracle = Oracle::from_choices(1, {{Choice::kChunk, 0, 0, 50}});
  EXPECT_EQ(oracle.choose(Choice::kChunk, 0, 8), 7u);
}

}  // namespace
}  // namespace torpor::sim
