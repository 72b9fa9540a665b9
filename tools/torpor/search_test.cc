// torpor bisect, outcomes, and explore --exhaustive, as their users run them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/json.h"
#include "core/mutants.h"
#include "tools/torpor/process.h"

namespace torpor::tool {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

// Two clients each send one text, and each text goes to both.
constexpr const char* kRace = R"({
  "id": "test/race", "title": "Two texts, which first?", "statements": ["SEND-13"], "settleMs": 50,
  "program": {"fetch": [{"op": "upgrade", "api": "hibernation"}],
              "message": [{"op": "send", "on": "all", "data": {"$": "event", "field": "message"}}]},
  "steps": [{"do": "connect", "client": "a"}, {"do": "connect", "client": "b"},
            {"do": "send", "client": "a", "text": "1"},
            {"do": "send", "client": "b", "text": "2"},
            {"do": "await", "client": "a", "frames": 2}, {"do": "await", "client": "b", "frames": 2}],
  "expect": {"a": [{"open": {}}, {"unordered": [{"text": "1", "statement": "SEND-13"}, {"text": "2"}]}],
             "b": [{"open": {}}, {"unordered": [{"text": "1"}, {"text": "2"}]}]}
})";

// Small enough for every run of it.
constexpr const char* kSmall = R"({
  "id": "test/small", "title": "Two clients, a text, an answer", "statements": ["MSG-08"],
  "properties": true,
  "program": {"fetch": {"ws": [{"op": "upgrade", "api": "hibernation"}], "*": []},
              "message": {"*": [{"op": "getWebSockets"},
                                {"op": "send", "data": {"$": "event", "field": "message"}}]},
              "close": []},
  "steps": [{"do": "connect", "client": "c1"}, {"do": "connect", "client": "c2"},
            {"do": "send", "client": "c1", "text": "m1"}, {"do": "wait", "ms": 20000}]
})";

TEST(BisectCommand, RunsThatAreTheSame) {
  const Ended ended = run_torpor({"bisect", "seed:3"});
  EXPECT_EQ(ended.exit, 0) << ended.err;
  EXPECT_THAT(ended.out, StartsWith("same  "));
  const Ended other = run_torpor({"bisect", "seed:3", "--other", TORPOR_BINARY});
  EXPECT_EQ(other.exit, 0) << other.err;
  EXPECT_EQ(other.out, ended.out);
}

TEST(BisectCommand, NamesTheFirstDifferentEvent) {
  const Ended ended = run_torpor({"bisect", "seed:3", "seed:4", "--json"});
  EXPECT_EQ(ended.exit, 1) << ended.err;
  const Json json = parse_json_or_null(ended.out);
  const auto first = json.at("first").get<std::uint64_t>();
  const std::string number = std::to_string(first);
  const auto line_of = [&](const char* seed) {
    return run_torpor({"bisect", seed, "--events", number + ".." + number}).out;
  };
  EXPECT_EQ(line_of("seed:3"), json.at("a").get<std::string>() + "\n");
  EXPECT_EQ(line_of("seed:4"), json.at("b").get<std::string>() + "\n");
  ASSERT_GT(first, 1u);
  const std::string before = "1.." + std::to_string(first - 1);
  EXPECT_EQ(run_torpor({"bisect", "seed:3", "--events", before}).out,
            run_torpor({"bisect", "seed:4", "--events", before}).out);
}

TEST(BisectCommand, OfAModelWithAFaultWhatThatChangesFirst) {
  if (!mutants::kAvailable) GTEST_SKIP() << "built without them";
  const Scratch scratch;
  const Ended ended =
      run_torpor({"bisect", scratch.write("race.json", kRace), "--mutant", "message-sent-twice"});
  EXPECT_EQ(ended.exit, 1) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("different from event"));
}

TEST(BisectCommand, SaysWhatCannotBeRunAgain) {
  const Scratch scratch;
  EXPECT_EQ(run_torpor({"bisect", "seed:x"}).exit, 2);
  EXPECT_EQ(run_torpor({"bisect", "seed:1", "--events", "0..3"}).exit, 2);
  EXPECT_EQ(run_torpor({"bisect", scratch.path("missing.json")}).exit, 2);
  const Ended recorded =
      run_torpor({"bisect", std::string(TORPOR_TRACES) +
                                "/workerd-1.20261117.1/close.crossing_api=standard.jsonl"});
  EXPECT_EQ(recorded.exit, 2);
  EXPECT_THAT(recorded.err, HasSubstr("only simulated runs"));
}

TEST(BisectCommand, RefusesNumbersThatAreNone) {
  EXPECT_EQ(run_torpor({"bisect", "seed:99999999999999999999"}).exit, 2);
  EXPECT_EQ(run_torpor({"bisect", "seed:1", "--events", "5..1"}).exit, 2);
  const Ended ended = run_torpor({"bisect", "seed:1", "--other", "/no/such/program"});
  EXPECT_EQ(ended.exit, 2);
  EXPECT_THAT(ended.err, testing::HasSubstr("--other /no/such/program: there is no such program"));
}

TEST(OutcomesCommand, FindsAllThatCanComeOfARace) {
  const Scratch scratch;
  const std::string race = scratch.write("race.json", kRace), with = scratch.path("with.json");
  const Ended ended = run_torpor({"outcomes", race, "--json", "-o", with});
  EXPECT_EQ(ended.exit, 0) << ended.err;
  const Json json = parse_json_or_null(ended.out);
  EXPECT_TRUE(json.at("complete"));
  // Whose text comes first is one order for both.
  EXPECT_EQ(json.at("outcomes").size(), 2u) << ended.out;

  const Ended held = run_torpor({"run", with});
  EXPECT_EQ(held.exit, 0) << held.out << held.err;
  Json wrong = parse_json_or_null(read_whole(with));
  wrong["outcomes"].erase(wrong["outcomes"].begin());
  const std::string path = scratch.write("wrong.json", wrong.dump());
  const Ended broken = run_torpor({"run", path});
  EXPECT_EQ(broken.exit, 1) << broken.out;
  EXPECT_THAT(broken.out, HasSubstr("none of the case's outcomes"));
}

TEST(OutcomesCommand, OneCaseAtATime) {
  const Ended ended = run_torpor({"outcomes", "close/crossing"});
  EXPECT_EQ(ended.exit, 2);
  EXPECT_THAT(ended.err, HasSubstr("close/crossing[api=standard]"));
}

TEST(ExhaustiveCommand, EveryRunOfASmallScenario) {
  const Scratch scratch;
  const std::string small = scratch.write("small.json", kSmall);
  const Ended one = run_torpor(
      {"explore", small, "--exhaustive", "1", "--json", "--save", scratch.path("found")});
  EXPECT_EQ(one.exit, 0) << one.out << one.err;
  const Json json = parse_json_or_null(one.out);
  EXPECT_TRUE(json.at("complete"));
  ASSERT_EQ(json.at("byDeviations").size(), 2u);
  EXPECT_EQ(json.at("byDeviations")[0], 1);
  EXPECT_GT(json.at("byDeviations")[1].get<int>(), 20);
  const Ended cut = run_torpor(
      {"explore", small, "--exhaustive", "2", "--runs", "10", "--save", scratch.path("found")});
  EXPECT_EQ(cut.exit, 5) << cut.out;
  EXPECT_THAT(cut.out, HasSubstr("not all"));
}

TEST(ExhaustiveCommand, FindsTheOnePlaceForAFaultAndShowsItAgain) {
  if (!mutants::kAvailable) GTEST_SKIP() << "built without them";
  const Scratch scratch;
  const std::string small = scratch.write("small.json", kSmall);
  const std::vector<std::string> fault = {"--mutant", "waking-message-lost"};
  const Ended found = run_torpor({"explore", small, "--exhaustive", "1", "--family", "evict",
                                  "--json", "--save", scratch.path("found"), fault[0], fault[1]});
  EXPECT_EQ(found.exit, 1) << found.out << found.err;
  const std::string file = parse_json_or_null(found.out).at("found").at(0).at("file");
  EXPECT_EQ(run_torpor({"explore", file, fault[0], fault[1]}).exit, 1);
  EXPECT_EQ(run_torpor({"explore", file}).exit, 0);
}

}  // namespace
}  // namespace torpor::tool
