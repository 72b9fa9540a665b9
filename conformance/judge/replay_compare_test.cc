#include "conformance/judge/replay_compare.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conformance/judge/sample_trace.h"

namespace torpor::judge {
namespace {

using ::testing::ElementsAre;

constexpr const char* kExpect = R"({"a": [{"open": {}}, {"oneOf": [
    {"name": "answered", "items": [{"close": {"code": 1000}, "statement": "SEEN"}, {"end": "fin"}]},
    {"name": "dropped", "items": [{"end": "any"}]}]}],
  "object:a": [{"event": "close"}, {"unordered": [{"op": "log", "value": 1}, {"op": "log", "value": 2}]}]})";

Comparison compared(const trace::Trace& recorded, const trace::Trace& fresh) {
  return compare(recorded, fresh, sample_case(kExpect), compat::Profile::kParity,
                 sample_registry());
}

SampleTrace opened_at(int seq = 0) {
  const std::string first = std::to_string(seq);
  return SampleTrace().steps().open().log(R"({"seq":)" + first + R"(,"at":)" + first +
                                          R"(,"event":"close","socket":"a","code":1000})");
}
SampleTrace logged(SampleTrace trace, int first, int second) {
  for (const int value : {first, second})
    trace.log(R"({"socket":"a","op":"log","value":)" + std::to_string(value) + "}");
  return trace;
}
SampleTrace whole() {
  return logged(opened_at(), 1, 2).close({1000}).end();
}

TEST(ReplayCompare, IgnoresTimesKeysAndWhatWasSent) {
  SampleTrace other = SampleTrace()
                          .add("harness", "step", Json{{"index", 0}}, 70)
                          .add("harness", "step", Json{{"index", 1}});
  other.add("client:a", "connect").sent("another request\r\n\r\n");
  other.add(
      "client:a", "open",
      Json::parse(
          R"({"status":101,"headers":[["sec-websocket-accept","other"],["upgrade","websocket"]],"octets":"01"})"));
  other.log(R"({"seq":9,"at":9,"event":"close","socket":"a","code":1000})");
  EXPECT_EQ(compared(whole(), logged(std::move(other), 1, 2).close({1000}).end()).sameness,
            Sameness::kSame);
}

TEST(ReplayCompare, WhatTheExpectationLeavesOpenMayDiffer) {
  const scenario::Case scenario_case =
      sample_case(R"({"a": [{"open": {}}, {"text": "at ", "anyMore": true}, {"text": "x"}]})");
  const auto with = [&](const char* first, const char* second) {
    const SampleTrace recorded = SampleTrace().steps().open().text("at 5").text("x");
    return compare(recorded, SampleTrace().steps().open().text(first).text(second), scenario_case,
                   compat::Profile::kParity, sample_registry())
        .sameness;
  };
  EXPECT_EQ(with("at 7", "x"), Sameness::kSame);
  EXPECT_EQ(with("on 7", "x"), Sameness::kDiverged);
  EXPECT_EQ(with("at 7", "y"), Sameness::kDiverged);
}

TEST(ReplayCompare, NamesTheFirstDivergence) {
  const Comparison result = compared(whole(), logged(opened_at(), 1, 2).close({1001}).end());
  ASSERT_EQ(result.sameness, Sameness::kDiverged);
  EXPECT_EQ(result.divergence->lane, "a");
  EXPECT_EQ(result.divergence->index, 1U);
  EXPECT_THAT(result.divergence->statements, ElementsAre("SEEN"));
  EXPECT_EQ(result.divergence->expected["octets"], "03e8");
  EXPECT_EQ(result.divergence->got["octets"], "03e9");
  EXPECT_EQ(compared(whole(), logged(opened_at(), 1, 2).close({1000})).divergence->got, nullptr);
}

TEST(ReplayCompare, SeesWhatNoExpectationLooksAt) {
  // The code in the log: the expectation takes any.
  SampleTrace other =
      SampleTrace().steps().open().log(R"({"event":"close","socket":"a","code":1001})");
  const Comparison result = compared(whole(), logged(std::move(other), 1, 2).close({1000}).end());
  ASSERT_EQ(result.sameness, Sameness::kDiverged);
  EXPECT_EQ(result.divergence->lane, "object:a");
  // A lane without any expectation.
  EXPECT_EQ(compared(whole(), whole().open("b")).divergence->lane, "b");
  EXPECT_EQ(compared(whole(), whole().log(R"({"event":"alarm"})")).divergence->lane, "object");
  const auto with_cost = [](int upgrades) {
    return whole().add("object", "usage", Json{{"entry", {{"upgrade", upgrades}}}});
  };
  EXPECT_EQ(compared(with_cost(1), with_cost(1)).sameness, Sameness::kSame);
  EXPECT_EQ(compared(with_cost(1), with_cost(2)).divergence->lane, "usage");
}

TEST(ReplayCompare, PermitsWhatTheExpectationsPermit) {
  EXPECT_EQ(compared(whole(), logged(opened_at(), 2, 1).close({1000}).end()).sameness,
            Sameness::kSameByAlternative);
  const Comparison dropped = compared(whole(), logged(opened_at(), 1, 2).end("reset"));
  EXPECT_EQ(dropped.sameness, Sameness::kSameByAlternative);
  EXPECT_THAT(dropped.alternatives, ElementsAre("dropped"));
  // One permitted difference does not excuse another.
  EXPECT_EQ(compared(whole(), logged(opened_at(), 2, 1).close({1001}).end()).sameness,
            Sameness::kDiverged);
}

// That it passes does not excuse that it is not what was recorded.
TEST(ReplayCompare, ARecordingThatFailsIsNotReproducedByARunThatPasses) {
  const SampleTrace failing = logged(opened_at(), 1, 2).close({1001}).end();
  EXPECT_EQ(compared(failing, whole()).sameness, Sameness::kDiverged);
  EXPECT_EQ(compared(failing, failing).sameness, Sameness::kSame);
}

}  // namespace
}  // namespace torpor::judge
