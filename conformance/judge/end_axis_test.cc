#include "conformance/judge/end_axis.h"

#include <gtest/gtest.h>

#include "conformance/judge/exit_code.h"
#include "conformance/judge/sample_trace.h"

namespace torpor::judge {
namespace {

End end(const trace::Trace& trace) {
  return end_of_client(trace, "a");
}
SampleTrace opened() {
  return SampleTrace().open();
}
SampleTrace finish(SampleTrace trace) {
  return trace.add("client:a", "finish");
}

TEST(EndAxis, IsTheTableOfItsHeader) {
  EXPECT_EQ(end(SampleTrace().add("client:a", "connect").add("client:a", "response")), End::kNone);
  EXPECT_EQ(end(opened()), End::kOpen);
  EXPECT_EQ(end(opened().end()), End::kWrongSide);
  EXPECT_EQ(end(finish(opened())), End::kWrongSide);
  EXPECT_EQ(end(opened().sent_close({1000}).close({1000}).end()), End::kClean);
  EXPECT_EQ(end(opened().close({1000}).sent_close({1000}).end()), End::kClean);
  EXPECT_EQ(end(opened().sent_close({}).close({}).end()), End::kClean);
  EXPECT_EQ(end(opened().sent_close({1000}).close({1000})), End::kOpen);
  EXPECT_EQ(end(finish(opened().sent_close({1000}).close({1000})).end()), End::kWrongSide);
  EXPECT_EQ(end(finish(opened().sent_close({1000}).close({1000}).end())), End::kClean);
  EXPECT_EQ(end(opened().sent_close({1000}).end()), End::kUnanswered);
  EXPECT_EQ(end(opened().close({1000}).end()), End::kUnanswered);
  EXPECT_EQ(end(opened().sent_close({1000}).close({1001}).end()), End::kWrongCode);
  EXPECT_EQ(end(opened().sent_close({}).close({1000}).end()), End::kWrongCode);
  EXPECT_EQ(end(opened().close({1001}).sent_close({1000}).end()), End::kClean);
  EXPECT_EQ(end(opened().sent_close({1000}).close({1000}).end("reset")), End::kReset);
  EXPECT_EQ(end(opened().add("client:a", "reset")), End::kReset);
}

TEST(EndAxis, FindsACloseFrameAmongOthersAndInPieces) {
  const std::string frames =
      websocket::make_frame(websocket::Opcode::kText, "\x88 hello", {.mask_key = 1}) +
      websocket::make_frame(websocket::Opcode::kClose, "\x03\xe8", {.mask_key = 2});
  EXPECT_EQ(end(opened().sent(frames).close({1000}).end()), End::kClean);
  EXPECT_EQ(end(opened().sent(frames.substr(0, 9)).sent(frames.substr(9)).close({1000}).end()),
            End::kClean);
  EXPECT_EQ(end(opened().sent(frames.substr(0, frames.size() - 1)).end()), End::kWrongSide);
}

TEST(EndAxis, TakesTheWorstOfAllConnections) {
  SampleTrace trace = opened().sent_close({1000}).close({1000}).end();
  EXPECT_EQ(end_of(trace.open("b")), End::kOpen);
  EXPECT_EQ(end_of(trace.add("client:b", "end", Json{{"how", "reset"}})), End::kReset);
  EXPECT_EQ(end(opened().end().open()), End::kWrongSide);
}

TEST(ExitCode, HasTheRootCauseWin) {
  const ExitCode order[] = {ExitCode::kConformant, ExitCode::kIncomplete, ExitCode::kNotConformant,
                            ExitCode::kHarness,    ExitCode::kTarget,     ExitCode::kUsage};
  for (std::size_t i = 0; i < std::size(order); ++i) {
    for (std::size_t j = 0; j < std::size(order); ++j) {
      EXPECT_EQ(worst_of(order[i], order[j]), order[std::max(i, j)]);
    }
  }
  EXPECT_EQ(exit_code_of(Outcome::kFail), ExitCode::kNotConformant);
  EXPECT_EQ(exit_code_of(Outcome::kNotTestable), ExitCode::kHarness);
  EXPECT_EQ(exit_code_of(Outcome::kWarn), ExitCode::kConformant);
}

TEST(Verdict, NamesComeBack) {
  for (int i = 0; i <= static_cast<int>(Outcome::kUnknown); ++i) {
    EXPECT_EQ(outcome_named(name_of(static_cast<Outcome>(i))), static_cast<Outcome>(i));
  }
  for (int i = 0; i <= static_cast<int>(End::kReset); ++i) {
    EXPECT_EQ(end_named(name_of(static_cast<End>(i))), static_cast<End>(i));
  }
  EXPECT_EQ(outcome_named("green"), std::nullopt);
}

}  // namespace
}  // namespace torpor::judge
