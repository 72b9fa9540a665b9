#include "conformance/judge/replay_lines.h"

#include <gtest/gtest.h>

#include <sstream>

#include "conformance/judge/sample_trace.h"
#include "core/trace/writer.h"

namespace torpor::judge {
namespace {

std::string text_of(trace::Trace trace) {
  trace.header.scenario = Json::object();
  std::ostringstream out;
  trace::write(out, trace);
  return out.str();
}

bool same(const std::string& recorded, const trace::Trace& fresh) {
  std::istringstream in(recorded);
  return same_line_by_line(in, fresh);
}
bool same(const trace::Trace& recorded, const trace::Trace& fresh) {
  return same(text_of(recorded), fresh);
}

std::string entry(int seq, const std::string& rest) {
  return R"({"seq":)" + std::to_string(seq) + R"(,"at":)" + std::to_string(seq + 1) + "," + rest +
         "}";
}

// `from`: the log's first number.
SampleTrace sample(int from = 0, const std::string& said = "hi") {
  return SampleTrace()
      .steps()
      .open()
      .log(entry(from, R"("event":"constructor")"))
      .log(entry(from + 1, R"("event":"message","socket":"a","data":"x")"))
      .text(said)
      .add("object", "usage", Json{{"entry", {{"upgrade", 1}}}});
}

TEST(ReplayLines, IgnoresTimesNumbersOfTheLogAndWhatWasSent) {
  EXPECT_TRUE(same(sample(), sample()));
  EXPECT_TRUE(same(sample().sent("one"), SampleTrace(sample(5)).sent("other")));
  EXPECT_TRUE(same(sample().add("harness", "step", Json::object(), 70), sample()));
}

TEST(ReplayLines, ParsesWhatDiffersInItsText) {
  const auto opened = [](const char* key) {
    Json headers = Json::array({Json::array({"Sec-WebSocket-Accept", key})});
    return SampleTrace().add("client:a", "open", Json{{"status", 101}, {"headers", headers}});
  };
  EXPECT_TRUE(same(opened("one"), opened("other")));
  EXPECT_TRUE(same(sample(0, "h\u00e9llo \"\\"), sample(1, "h\u00e9llo \"\\")));
  EXPECT_FALSE(same(sample(0, "h\u00e9llo"), sample(1, "h\u00e8llo")));
  EXPECT_TRUE(same(SampleTrace().log(R"({"event":"close","at":0.5})"),
                   SampleTrace().log(R"({"at":1.5,"event":"close"})")));
}

TEST(ReplayLines, LanesMayBeInAnotherOrderToOneAnother) {
  const std::string a = R"({"socket":"a","op":"log","value":1})";
  const std::string b = R"({"socket":"b","op":"log","value":1})";
  const std::string none = R"({"op":"log","value":{"socket":"c"}})";
  EXPECT_TRUE(same(SampleTrace().log(a).log(b).text("x"), SampleTrace().text("x").log(b).log(a)));
  EXPECT_FALSE(same(SampleTrace().text("x").text("y"), SampleTrace().text("y").text("x")));
  // What looks like the socket of an entry that has none: that is not for lines to say.
  EXPECT_FALSE(same(SampleTrace().log(none), SampleTrace().log(none)));
}

TEST(ReplayLines, SeesWhatIsMissingOrTooMuchOrOther) {
  const std::string more = entry(7, R"("event":"alarm")");
  for (const SampleTrace& other :
       {sample(0, "ho"), sample().text("x"), sample().log(more), sample().open("b"),
        sample().log(R"({"socket":"a","op":"x"})"), sample().log(R"({"socket":"z","op":"x"})"),
        sample().add("object", "usage", Json{{"entry", {{"upgrade", 2}}}})}) {
    EXPECT_FALSE(same(sample(), other));
    EXPECT_FALSE(same(other, sample()));
  }
  EXPECT_FALSE(same(SampleTrace().log(entry(1, R"("event":"message","socket":"a","seq2":1)")),
                    SampleTrace().log(entry(1, R"("event":"message","socket":"a","seq2":2)"))));
  EXPECT_FALSE(same(SampleTrace().add("object", "usage", Json{{"entry", {{"upgrade", 1}}}}),
                    SampleTrace().add("object", "usage", Json{{"entry", {{"upgrade", 2}}}})));
  EXPECT_FALSE(same(SampleTrace().add("client:a", "ping", Json{{"octets", "00"}}),
                    SampleTrace().add("client:a", "pong", Json{{"octets", "00"}})));
}

TEST(ReplayLines, ATraceThatIsNoneIsTheSameAsNothing) {
  const std::string text = text_of(sample());
  EXPECT_TRUE(same(text, sample()));
  EXPECT_FALSE(same(text.substr(0, text.rfind("{\"end\"")), sample()));
  EXPECT_FALSE(same("", SampleTrace()));
  std::string forged = text;
  forged.replace(forged.find("\"index\":0") + 8, 1, "7");
  EXPECT_FALSE(same(forged, sample()));
}

}  // namespace
}  // namespace torpor::judge
