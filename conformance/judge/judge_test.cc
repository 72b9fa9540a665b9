#include "conformance/judge/judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conformance/judge/sample_trace.h"
#include "core/trace/octets.h"

namespace torpor::judge {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

Verdict judged(const std::string& expect, const trace::Trace& trace,
               compat::Profile profile = compat::Profile::kParity) {
  return judge(sample_case(expect), trace, profile, sample_registry());
}

Outcome outcome(const std::string& expect, const trace::Trace& trace,
                compat::Profile profile = compat::Profile::kParity) {
  return judged(expect, trace, profile).outcome;
}

SampleTrace opened_connection() {
  return SampleTrace().steps().open();
}

TEST(Judge, PassesWhatIsExpected) {
  const Verdict verdict = judged(
      R"({"a": [{"open": {}}, {"text": "x"}, {"close": {"code": 1000, "reason": "r"}}, {"end": "fin"}]})",
      opened_connection().text("x").close({1000, "r"}).end());
  EXPECT_EQ(verdict.outcome, Outcome::kPass) << to_json(verdict);
  EXPECT_THAT(verdict.divergences, SizeIs(0));
}

TEST(Judge, NamesTheFirstDivergence) {
  const Verdict verdict = judged(
      R"({"a": [{"open": {}}, {"close": {"code": 1000}, "statement": "SEEN"}, {"end": "fin"}]})",
      opened_connection().close({1001}).end());
  EXPECT_EQ(verdict.outcome, Outcome::kFail);
  ASSERT_THAT(verdict.divergences, SizeIs(1));
  const Divergence& divergence = verdict.divergences[0];
  EXPECT_EQ(divergence.lane, "a");
  EXPECT_EQ(divergence.index, 1U);
  EXPECT_THAT(divergence.statements, ElementsAre("SEEN"));
  EXPECT_EQ(divergence.level, statements::Level::kObserved);
  EXPECT_EQ(divergence.expected.dump(), R"({"close":{"code":1000},"statement":"SEEN"})");
  EXPECT_EQ(divergence.got.dump(), R"({"kind":"close","octets":"03e9"})");
  EXPECT_EQ(divergence.explanation, "the code is 1001, not 1000");
  EXPECT_EQ(divergence.event, 5U);
}

// What each kind of item takes, and what it says to what it does not take.
TEST(Judge, ExplainsEveryKindOfMismatch) {
  const auto explained = [](const std::string& item, const SampleTrace& trace) {
    const Verdict verdict = judged(R"({"a": [{"open": {}}, )" + item + "]}", trace);
    return verdict.divergences.empty() ? "pass" : verdict.divergences[0].explanation;
  };
  const auto got = [](const std::string& kind, const std::string& members) {
    return opened_connection().add("client:a", kind, Json::parse(members));
  };
  EXPECT_EQ(explained(R"({"text": "x"})", opened_connection().text("x")), "pass");
  EXPECT_EQ(explained(R"({"text": "x"})", opened_connection().text("y")),
            R"(the payload is "y", not "x")");
  EXPECT_EQ(explained(R"({"text": "x"})", opened_connection()), "this never came");
  EXPECT_EQ(explained(R"({"text": "x"})", opened_connection().end()), "the kind is end, not text");
  EXPECT_EQ(explained(R"({"text": {"$": "repeat", "text": "ab", "count": 3}})",
                      opened_connection().text("ababab")),
            "pass");
  EXPECT_EQ(explained(R"({"text": {"$": "repeat", "text": "ab", "count": 3}})",
                      opened_connection().text("abab")),
            R"(the payload is "abab", not 3 times "ab")");
  EXPECT_EQ(explained(R"({"text": {"$": "repeat", "text": "a", "count": 70}})",
                      got("text", R"({"octets": {"byte": "61", "count": 70}})")),
            "pass");
  EXPECT_EQ(explained(R"({"text": {"$": "arraybuffer", "hex": "ff"}})",
                      got("text", R"({"octets": "ff"})")),
            "pass");
  EXPECT_EQ(explained(R"({"text": "at ", "anyMore": true})", opened_connection().text("at 5")),
            "pass");
  EXPECT_EQ(explained(R"({"text": "at 5", "anyMore": true})", opened_connection().text("at ")),
            R"(the payload is "at ", not "at 5" and more)");
  EXPECT_EQ(explained(R"({"binary": "00ff"})", got("binary", R"({"octets": "00ff"})")), "pass");
  EXPECT_EQ(explained(R"({"text": "x", "compressed": true})",
                      got("text", R"({"text": "x", "compressed": true})")),
            "pass");
  EXPECT_EQ(explained(R"({"text": "x", "compressed": true})", opened_connection().text("x")),
            "it is not compressed");
  EXPECT_EQ(explained(R"({"text": "x", "compressed": false})",
                      got("text", R"({"text": "x", "compressed": true})")),
            "it is compressed");
  EXPECT_EQ(explained(R"({"text": "x", "frames": 1})", opened_connection().text("x")), "pass");
  EXPECT_EQ(
      explained(R"({"text": "x", "frames": 1})", got("text", R"({"text": "x", "frames": 2})")),
      "the number of frames is 2, not 1");
  EXPECT_EQ(explained(R"({"ping": "p"})", got("ping", R"({"octets": "70"})")), "pass");
  EXPECT_EQ(explained(R"({"pong": "p"})", got("ping", R"({"octets": "70"})")),
            "the kind is ping, not pong");
  EXPECT_EQ(explained(R"({"close": {}})", opened_connection().close({})), "pass");
  EXPECT_EQ(explained(R"({"close": {}})", opened_connection().close({1000})),
            "the code is 1000, not absent");
  EXPECT_EQ(explained(R"({"close": {"code": 1000}})", opened_connection().close({1000, "r"})),
            R"(the reason is "r", not "")");
  EXPECT_EQ(explained(R"({"close": {"code": 1000, "anyReason": true}})",
                      opened_connection().close({1000, "r"})),
            "pass");
  EXPECT_EQ(explained(R"({"close": {"code": 1000, "anyReason": true}})",
                      opened_connection().close({1001, "r"})),
            "the code is 1001, not 1000");
  EXPECT_EQ(explained(R"({"close": {"hex": "03"}})", got("close", R"({"octets": "04"})")),
            "the payload is 04, not 03");
  EXPECT_EQ(explained(R"({"close": {"code": 1000, "reason": "r"}})",
                      got("close", R"({"code": 1000, "reason": "r"})")),
            "pass");
  EXPECT_EQ(explained(R"({"end": "fin"})", opened_connection().end("reset")),
            "the end is reset, not fin");
  EXPECT_EQ(explained(R"({"end": "any"})", opened_connection().end("reset")), "pass");
  EXPECT_EQ(explained(R"({"end": "fin"})", opened_connection().end().end()),
            "nothing more was expected here");
  EXPECT_EQ(explained(R"({"end": "fin"})", got("malformed", R"({"octets": "ff"})")),
            "the kind is malformed, not end");
}

TEST(Judge, LooksAtHeadersWithoutRegardToCase) {
  const auto head = [](const std::string& checks) {
    const Verdict verdict =
        judged(R"({"a": [{"open": {"headers": )" + checks + "}}]}", opened_connection());
    return verdict.divergences.empty() ? "pass" : verdict.divergences[0].explanation;
  };
  EXPECT_EQ(head(R"({"upGRADE": "websocket"})"), "pass");
  EXPECT_EQ(head(R"({"Upgrade": "Websocket"})"),
            R"(the header Upgrade is "websocket", not "Websocket")");
  EXPECT_EQ(head(R"({"Date": null})"), "pass");
  EXPECT_EQ(head(R"({"upgrade": null})"), R"(the header upgrade is "websocket", not absent)");
  EXPECT_EQ(head(R"({"Date": "x"})"), "there is no header Date");
}

TEST(Judge, LooksAtResponses) {
  const auto response = [](const std::string& item) {
    const SampleTrace trace = SampleTrace().steps().add(
        "client:a", "response",
        {{"status", 426},
         {"headers", Json::parse(R"([["A", "1"], ["a", "2"]])")},
         {"body", "no"},
         {"octets",
          trace::octets_to_json("HTTP/1.1 426 Not like this\r\nA: 1\r\na: 2\r\n\r\nno")}});
    const Verdict verdict = judged(R"({"a": [{"response": )" + item + "}]}", trace);
    return verdict.divergences.empty() ? "pass" : verdict.divergences[0].explanation;
  };
  EXPECT_EQ(response("{}"), "pass");
  EXPECT_EQ(response(R"({"status": 426, "headers": {"a": "1, 2"}, "body": "no"})"), "pass");
  EXPECT_EQ(response(R"({"status": 400})"), "the status is 426, not 400");
  EXPECT_EQ(response(R"({"statusText": "Not like this"})"), "pass");
  EXPECT_EQ(response(R"({"statusText": ""})"), R"(the status text is "Not like this", not "")");
  EXPECT_EQ(response(R"({"body": ""})"), R"(the body is "no", not "")");
  EXPECT_EQ(outcome(R"({"a": [{"connectFailed": true}]})",
                    SampleTrace().steps().add("client:a", "connectFailed")),
            Outcome::kPass);
}

TEST(Judge, LooksAtTheRequestsThatRemotesGet) {
  const auto request = [](const std::string& item) {
    const SampleTrace trace = SampleTrace().steps().add(
        "client:a", "request",
        Json::parse(R"({"method": "GET", "target": "/x", "headers": [["Upgrade", "websocket"]]})"));
    const Verdict verdict = judged(R"({"a": [{"request": )" + item + "}]}", trace);
    return verdict.divergences.empty() ? "pass" : verdict.divergences[0].explanation;
  };
  EXPECT_EQ(request("{}"), "pass");
  EXPECT_EQ(request(R"({"method": "GET", "target": "/x", "headers": {"upgrade": "websocket"}})"),
            "pass");
  EXPECT_EQ(request(R"({"method": "POST"})"), R"(the method is "GET", not "POST")");
  EXPECT_EQ(request(R"({"target": "/y"})"), R"(the target is "/x", not "/y")");
  EXPECT_EQ(request(R"({"headers": {"Host": "r"}})"), "there is no header Host");
}

TEST(Judge, TakesLogEntriesBySocket) {
  const SampleTrace trace =
      SampleTrace()
          .steps()
          .log(R"({"seq":0,"instance":1,"event":"constructor"})")
          .log(R"({"seq":1,"instance":1,"event":"close","socket":"a","code":1000})")
          .log(R"({"seq":2,"instance":1,"event":"close","socket":"b","code":1001})");
  EXPECT_EQ(outcome(R"({"object:b": [{"event": "close", "code": 1001}]})", trace), Outcome::kPass);
  EXPECT_EQ(
      outcome(R"({"object": [{"event": "constructor"}, {"socket": "a"}, {"socket": "b"}]})", trace),
      Outcome::kPass);
  const Verdict verdict = judged(R"({"object:a": [{"event": "close", "code": 1001}]})", trace);
  ASSERT_EQ(verdict.outcome, Outcome::kFail);
  EXPECT_EQ(verdict.divergences[0].explanation, "the code is 1000, not 1001");
  EXPECT_EQ(verdict.divergences[0].got["seq"], 1);
  EXPECT_EQ(judged(R"({"object:a": [{"event": "close", "wasClean": true}]})", trace)
                .divergences[0]
                .explanation,
            "it has no member wasClean");
}

TEST(Judge, TakesWhatAnObjectHasCost) {
  const auto told = [](const char* entry) { return Json{{"entry", Json::parse(entry)}}; };
  const SampleTrace trace =
      SampleTrace()
          .steps()
          .add("object", "usage", told(R"({"requests":{"upgrade":1,"http":0},"heldBy":["timer"]})"))
          .log(R"({"seq":0,"instance":1,"event":"constructor"})")
          .add("object", "usage", told(R"({"requests":{"upgrade":2,"http":0},"heldBy":[]})"))
          .add("harness", "usage", told(R"({"requests":{"upgrade":9}})"));
  EXPECT_EQ(outcome(R"({"usage": [{"requests": {"upgrade": 1}}, {"heldBy": []}],
                        "object": [{"event": "constructor"}]})",
                    trace),
            Outcome::kPass);
  const auto explained = [&](const char* expect) {
    return judged(expect, trace).divergences.at(0).explanation;
  };
  EXPECT_EQ(explained(R"({"usage": [{"requests": {"upgrade": 1}}, {"heldBy": ["timer"]}]})"),
            R"(the heldBy is [], not ["timer"])");
  EXPECT_EQ(explained(R"({"usage": [{"heldBy": ["timer"]}]})"), "nothing more was expected here");
  EXPECT_EQ(judged(R"({"usage": [{"heldBy": []}]})", trace).divergences.at(0).got["heldBy"],
            Json::array({"timer"}));
}

TEST(Judge, MeasuresTheTimeSinceTheLatestThingOfTheSameClient) {
  const char* expect = R"({"a": [{"open": {}}, {"text": "x", "within": [10, 20]}]})";
  EXPECT_EQ(outcome(expect, opened_connection().text("x", 15)), Outcome::kPass);
  EXPECT_EQ(outcome(expect, opened_connection().text("x", 9)), Outcome::kFail);
  EXPECT_EQ(outcome(expect, opened_connection().text("x", 21)), Outcome::kFail);
  EXPECT_EQ(
      outcome(expect, opened_connection().add("client:b", "sent", Json::object(), 8).text("x", 8)),
      Outcome::kPass);
  const Verdict verdict =
      judged(expect, opened_connection().add("client:a", "sent", Json::object(), 8).text("x", 8));
  EXPECT_EQ(verdict.divergences.at(0).explanation,
            "it came 8 ms after the thing before it, not within 10 to 20 ms");
}

TEST(Judge, NamesAlternativesThatAreNotTheFirst) {
  const char* expect = R"({"a": [{"open": {}}, {"oneOf": [
      {"name": "answered", "items": [{"close": {"code": 1000}}, {"end": "fin"}]},
      {"name": "dropped", "source": "workerd", "items": [{"end": "any"}]}]}]})";
  EXPECT_EQ(outcome(expect, opened_connection().close({1000}).end()), Outcome::kPass);
  const Verdict verdict = judged(expect, opened_connection().end("reset"));
  EXPECT_EQ(verdict.outcome, Outcome::kPassByAlternative);
  EXPECT_THAT(verdict.alternatives, ElementsAre("dropped"));
  // The alternative that came furthest is the one that is explained.
  const Verdict failed = judged(expect, opened_connection().close({1000}).end("reset"));
  EXPECT_EQ(failed.divergences.at(0).index, 2U);
  EXPECT_EQ(failed.divergences.at(0).explanation, "the end is reset, not fin");
  EXPECT_THAT(judged(expect, opened_connection().text("x")).divergences.at(0).explanation,
              HasSubstr("1 other things permitted here"));
}

TEST(Judge, TakesUnorderedItemsInAnyOrderAndOptionalOnesOrNot) {
  const char* expect =
      R"({"a": [{"open": {}}, {"unordered": [{"text": "x"}, {"text": "y"}, {"optional": [{"text": "z"}]}]}]})";
  EXPECT_EQ(outcome(expect, opened_connection().text("y").text("x")), Outcome::kPass);
  EXPECT_EQ(outcome(expect, opened_connection().text("z").text("x").text("y")), Outcome::kPass);
  EXPECT_EQ(outcome(expect, opened_connection().text("x").text("x")), Outcome::kFail);
  EXPECT_EQ(outcome(expect, opened_connection().text("x").text("z")), Outcome::kFail);
  EXPECT_EQ(outcome(expect, opened_connection().text("x").text("y").text("z").text("z")),
            Outcome::kFail);
}

TEST(Judge, FollowsManyEqualUnorderedItems) {
  std::string items;
  SampleTrace trace = opened_connection();
  for (int i = 0; i < 50; ++i) {
    items += std::string(i == 0 ? "" : ",") + R"({"text": "x"})";
    trace.text("x");
  }
  EXPECT_EQ(outcome(R"({"a": [{"open": {}}, {"unordered": [)" + items + "]}]}", trace),
            Outcome::kPass);
  EXPECT_EQ(outcome(R"({"a": [{"open": {}}, {"unordered": [)" + items + "]}]}", trace.text("x")),
            Outcome::kFail);
}

TEST(Judge, GivesUpOnMoreCoursesOfEventsThanCanBeFollowed) {
  std::string items;
  for (int i = 0; i < 20; ++i) {
    items += std::string(i == 0 ? "" : ",") + R"({"optional": [{"text": ")" + std::to_string(i) +
             R"("}]})";
  }
  const Verdict verdict =
      judged(R"({"a": [{"open": {}}, {"unordered": [)" + items + "]}]}", opened_connection());
  EXPECT_EQ(verdict.outcome, Outcome::kUnknown);
  EXPECT_THAT(verdict.reason, HasSubstr("more courses of events than can be followed"));
}

TEST(Judge, ChoosesByProfileAndParameter) {
  const char* expect = R"({"a": [{"open": {}},
      {"when": {"profile": ["parity", "rfc6455"], "n": 1}, "then": [{"text": "then"}], "else": [{"text": "else"}]}]})";
  const auto cases = sample_cases(expect, R"("parameters": {"n": [1, 2]},)");
  const auto took = [&](std::size_t index, compat::Profile profile) {
    const SampleTrace trace = opened_connection().text("then");
    return judge(cases.at(index), trace, profile, sample_registry()).outcome == Outcome::kPass
               ? "then"
               : "else";
  };
  EXPECT_STREQ(took(0, compat::Profile::kParity), "then");
  EXPECT_STREQ(took(1, compat::Profile::kParity), "else");
  EXPECT_STREQ(took(0, compat::Profile::kDocumented), "else");
  EXPECT_EQ(judge(cases[0], opened_connection().text("else"), compat::Profile::kDocumented,
                  sample_registry())
                .outcome,
            Outcome::kPass);
}

TEST(Judge, OnlyWarnsOfWhatShouldOrMayBe) {
  const char* expect =
      R"({"a": [{"open": {}}, {"text": "x", "statement": "SHOULD"}, {"end": "fin", "statement": "MUST"}]})";
  EXPECT_EQ(outcome(expect, opened_connection().text("x").end()), Outcome::kPass);
  const Verdict other = judged(expect, opened_connection().text("y").end());
  EXPECT_EQ(other.outcome, Outcome::kWarn);
  ASSERT_THAT(other.divergences, SizeIs(1));
  EXPECT_EQ(other.divergences[0].level, statements::Level::kShould);
  EXPECT_EQ(other.divergences[0].explanation, R"(the payload is "y", not "x")");
  const Verdict missing = judged(expect, opened_connection().end());
  EXPECT_EQ(missing.outcome, Outcome::kWarn);
  EXPECT_EQ(missing.divergences.at(0).got, nullptr);
  // A warning does not hide a failure after it, and comes after it.
  const Verdict both = judged(expect, opened_connection().text("y").end("reset"));
  EXPECT_EQ(both.outcome, Outcome::kFail);
  ASSERT_THAT(both.divergences, SizeIs(2));
  EXPECT_THAT(both.divergences[0].statements, ElementsAre("MUST"));
  EXPECT_EQ(outcome(expect, opened_connection().text("x").text("x").end()), Outcome::kFail);
}

TEST(Judge, HasAnItemInheritTheStatementOfItsGroup) {
  const Verdict verdict = judged(
      R"({"a": [{"open": {}}, {"optional": [{"text": "x"}, {"text": "y"}], "statement": "SEEN"}]})",
      opened_connection().text("x"));
  EXPECT_THAT(verdict.divergences.at(0).statements, ElementsAre("SEEN"));
}

TEST(Judge, IsNeverGreenForNothing) {
  const char* expect = R"({"a": [{"open": {}}]})";
  EXPECT_EQ(outcome(expect, SampleTrace().steps()), Outcome::kFail);
  EXPECT_EQ(outcome(R"({"object:a": []})", opened_connection()), Outcome::kUnknown);
  EXPECT_EQ(outcome(R"({"object:a": []})",
                    opened_connection().log(R"({"event": "close", "socket": "a"})")),
            Outcome::kFail);
  EXPECT_EQ(judged(expect, SampleTrace().steps(1).open()).reason,
            "the run ended before step 2 of 2");
  const Verdict broken = judged(
      expect, opened_connection().add("harness", "error", Json{{"reason", "the target died"}}));
  EXPECT_EQ(broken.outcome, Outcome::kUnknown);
  EXPECT_EQ(broken.reason, "harness error: the target died");
}

TEST(Judge, TakesATraceWithMembersOfTheWrongTypeForWhatItIs) {
  for (const char* kind : {"open", "response", "text", "ping", "close", "malformed", "end"}) {
    const SampleTrace trace = SampleTrace().steps().add(
        "client:a", kind,
        Json::parse(
            R"({"status": "x", "headers": 1, "body": 2, "octets": 3, "text": 4, "code": "y", "how": 5,
                                         "compressed": "z"})"));
    const char* items[] = {R"({"text": "x", "compressed": true})", R"({"close": {"code": 1000}})",
                           R"({"end": "fin"})", R"({"response": {"status": 200, "body": "x"}})",
                           R"({"open": {"headers": {"a": "b"}}})"};
    for (const char* item : items) {
      EXPECT_EQ(outcome(std::string(R"({"a": [)") + item + "]}", trace), Outcome::kFail)
          << kind << item;
    }
  }
  const SampleTrace trace = SampleTrace().steps().add("object", "log", Json{{"entry", 1}});
  EXPECT_EQ(outcome(R"({"object": [{"event": "close"}]})", trace), Outcome::kFail);
  EXPECT_EQ(outcome(R"({"a": [{"open": {}}]})",
                    SampleTrace().add("harness", "step", Json{{"index", "0"}})),
            Outcome::kUnknown);
}

TEST(Judge, SaysWhatCannotBeTestedOrDoesNotApply) {
  const char* expect = R"({"a": [{"open": {}}]})";
  const auto control = [&](int status) {
    return judged(expect, opened_connection().add("harness", "control",
                                                  Json{{"call", "evict"}, {"status", status}}));
  };
  EXPECT_EQ(control(204).outcome, Outcome::kPass);
  EXPECT_EQ(control(501).outcome, Outcome::kNotTestable);
  EXPECT_EQ(control(501).reason, "the target has no control call evict");
  EXPECT_EQ(control(409).outcome, Outcome::kUnknown);
  EXPECT_EQ(outcome(expect, opened_connection(), compat::Profile::kRfc6455),
            Outcome::kNotApplicable);
}

TEST(Judge, SaysWhichWaitRanOut) {
  const Verdict verdict = judged(R"({"a": [{"open": {}}, {"end": "fin"}]})",
                                 opened_connection().add("harness", "timeout", Json{{"index", 1}}));
  EXPECT_EQ(verdict.divergences.at(0).explanation,
            "this never came (step 2 ran out of time waiting)");
}

TEST(Judge, PutsTheFirstFailureOfTheRunFirst) {
  const Verdict verdict = judged(R"({"b": [{"open": {}}, {"text": "x"}], "a": [{"open": {}}]})",
                                 SampleTrace().steps().open("b").open("a").text("early").add(
                                     "client:b", "text", Json{{"text", "late"}}));
  ASSERT_THAT(verdict.divergences, SizeIs(2));
  EXPECT_EQ(verdict.divergences[0].lane + verdict.divergences[1].lane, "ab");
}

}  // namespace
}  // namespace torpor::judge
