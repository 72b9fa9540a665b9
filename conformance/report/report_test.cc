// The three faces of the same results: table, explanation, page.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conformance/report/contradictions.h"
#include "conformance/report/describe.h"
#include "conformance/report/explanation.h"
#include "conformance/report/html.h"
#include "conformance/report/html_parts.h"
#include "conformance/report/progress.h"
#include "conformance/report/sample_results.h"
#include "conformance/report/table.h"
#include "conformance/report/usage_text.h"

namespace torpor::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Table, ShowsBothAxesForEachTarget) {
  std::string table = case_table(sample_results(), {});
  EXPECT_THAT(table, HasSubstr("sim 0.1.0 · parity"));
  EXPECT_THAT(table, HasSubstr("pass · clean"));
  EXPECT_THAT(table, HasSubstr("fail · unanswered"));
  EXPECT_THAT(table, Not(HasSubstr("\x1b[")));
}

TEST(Table, SummaryCountsOutcomesAndPrintsTheDigest) {
  std::string text = summary(sample_results(), {});
  EXPECT_THAT(text, HasSubstr("conformant      sim 0.1.0 · parity  1 pass"));
  EXPECT_THAT(text, HasSubstr("not conformant  workerd 1.20261117.1 · parity  1 fail"));
  EXPECT_THAT(text, HasSubstr("ffeeddccbbaa99887766554433221100"));
}

TEST(Explanation, HasExpectedGotAndTheReproduceLine) {
  std::string text = failure_text(sample_failure(), {}, {});
  EXPECT_THAT(text, HasSubstr("lane a, item 2, trace line 3: a Close frame was expected"));
  EXPECT_THAT(text, HasSubstr("CLE-01"));
  EXPECT_THAT(text, HasSubstr("Close 4001 \"bye\""));
  EXPECT_THAT(text, HasSubstr("end of stream (FIN)"));
  EXPECT_THAT(text, HasSubstr("reproduce: torpor run 'close/client/echo[date=2026-04-06]'"));
}

TEST(Explanation, WhatATargetSentCannotSteerTheTerminal) {
  CaseResult result = sample_failure();
  result.error = RunError{judge::ExitCode::kTarget, "died: \x1b[2J"};
  result.verdict.divergences[0].got =
      Json::parse(R"({"actor":"client:a","kind":"text","text":"\u001b[2J"})");
  EXPECT_THAT(failure_text(result, {}, {}), Not(HasSubstr("\x1b")));
}

TEST(Explanation, TheSameErrorIsToldOnce) {
  Results results = sample_results();
  CaseResult dead = sample_failure();
  dead.error = RunError{judge::ExitCode::kTarget, "nobody listens on port 9"};
  results.cases = {dead, dead, dead};
  std::string text = full_text(results, {}, {});
  EXPECT_EQ(text.find("nobody listens"), text.rfind("nobody listens"));
  EXPECT_THAT(text, HasSubstr("and 2 more with the same error"));
  EXPECT_THAT(html_page(results, {}), HasSubstr("and 2 more with the same error"));
}

TEST(Contradictions, AreWhatParityAcceptsAndTheDocumentationDoesNot) {
  judge::Verdict content = sample_pass().verdict;
  judge::Verdict failing = sample_failure().verdict;
  judge::Divergence advice = sample_divergence();
  advice.level = statements::Level::kShould;
  failing.divergences.push_back(advice);
  EXPECT_EQ(contradictions_between(content, failing).size(), 1u);
  EXPECT_TRUE(contradictions_between(content, content).empty());
  EXPECT_TRUE(contradictions_between(failing, failing).empty());
  judge::Verdict not_for_it;
  not_for_it.outcome = judge::Outcome::kNotApplicable;
  EXPECT_TRUE(contradictions_between(not_for_it, failing).empty());
  EXPECT_TRUE(contradictions_between(content, not_for_it).empty());
}

TEST(Contradictions, TheSameCaseOnTheSameTargetCountsOnce) {
  Results results = sample_results();
  results.cases.push_back(sample_contradiction());
  results.cases.push_back(sample_contradiction());
  results.cases.back().profile = compat::Profile::kDocumented;
  std::vector<Contradiction> list = contradictions_of(results, {});
  ASSERT_EQ(list.size(), 1u);
  EXPECT_EQ(list[0].statement, "CLE-01");
  EXPECT_EQ(list[0].showings.size(), 1u);
  EXPECT_THAT(contradiction_text(results, {}, {}), HasSubstr("CLE-01"));
}

TEST(Contradictions, AreListedByTheStatementThatIsDisputed) {
  statements::Registry registry;
  ASSERT_TRUE(registry
                  .add_text(R"([
    {"id": "ACL-04", "text": "x", "level": "must", "sources": [{"source": "docs", "says": "yes"}, {"source": "workerd", "says": "no"}]},
    {"id": "CLE-01", "text": "y", "level": "must", "sources": [{"source": "docs"}]}])",
                            "s.json")
                  .empty());
  Results results = sample_results();
  results.cases = {sample_contradiction()};
  results.cases[0].contradictions[0].statements = {"CLE-01", "ACL-04"};
  std::vector<Contradiction> list = contradictions_of(results, registry);
  ASSERT_EQ(list.size(), 1u);
  EXPECT_EQ(list[0].statement, "ACL-04");
}

TEST(Page, HoldsEverythingAndLoadsNothing) {
  Results results = sample_results();
  results.cases.push_back(sample_contradiction());
  std::string page = html_page(results, {});
  for (const char* part :
       {"close/client/echo[date=2026-04-06]", "not conformant", "unanswered", "disagree",
        "a Close frame was expected", "torpor run", "10.012", "end of stream (FIN)"}) {
    EXPECT_THAT(page, HasSubstr(part));
  }
  for (const char* part : {"http://", "https://", " src=", "@import", "<link", "url("}) {
    EXPECT_THAT(page, Not(HasSubstr(part)));
  }
}

TEST(Page, EscapesWhatCaseAndTargetSay) {
  Results results = sample_results();
  const std::string attack = "</pre><script>alert('x')</script>\"'";
  for (CaseResult& result : results.cases) {
    result.case_id = attack;
    result.title = attack;
    result.target = attack;
    result.target_version = attack;
    result.reproduce = attack;
    result.verdict.reason = attack;
    result.error = RunError{judge::ExitCode::kTarget, attack};
  }
  judge::Divergence& divergence = results.cases[1].verdict.divergences[0];
  divergence.lane = divergence.explanation = attack;
  divergence.statements = {attack};
  divergence.expected = {{"text", attack}};
  divergence.got = {{"actor", "client:a"}, {"kind", "text"}, {"text", attack}};
  results.cases[1].contradictions = {divergence};
  results.cases[1].events[0].actor = attack;
  results.cases[1].events[0].kind = attack;
  results.header.selection = {attack};
  results.digests[0] = {attack, compat::Profile::kParity, attack};
  std::string page = html_page(results, {});
  EXPECT_THAT(page, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(page, Not(HasSubstr("alert('x')")));
}

TEST(Page, ReplacesWhatIsNoUtf8) {
  EXPECT_EQ(escape("a\xff\xc3(\x01ñ"), "a\xEF\xBF\xBD\xEF\xBF\xBD(\xEF\xBF\xBDñ");
  EXPECT_EQ(escape("<&>\"'"), "&lt;&amp;&gt;&quot;&#39;");
}

TEST(Page, SaysWhenItIsIncomplete) {
  Results results = sample_results();
  EXPECT_THAT(html_page(results, {}), Not(HasSubstr("incomplete")));
  results.complete = false;
  EXPECT_THAT(html_page(results, {}), HasSubstr("incomplete"));
}

trace::Event event(const char* kind, const char* members) {
  trace::Event event;
  event.actor = "client:a";
  event.kind = kind;
  event.members = Json::parse(members);
  return event;
}

TEST(Describe, SaysAnEventInWords) {
  EXPECT_EQ(describe(event("close", R"({"code":1000,"reason":"bye","octets":"03e8627965"})")),
            "Close 1000 \"bye\"");
  EXPECT_EQ(describe(event("close", R"({"octets":""})")), "Close (empty)");
  EXPECT_EQ(describe(event("text", R"({"text":"hi","compressed":true})")),
            "compressed text \"hi\"");
  EXPECT_EQ(describe(event("pong", R"({"octets":"78"})")), "pong \"x\"");
  EXPECT_EQ(describe(event("sent", R"({"octets":"474554202f20485454502f312e310d0a0d0a"})")),
            "sent GET / HTTP/1.1");
  EXPECT_EQ(describe(event("sent", R"({"octets":"8180"})")), "sent (2 octets) 81 80");
  EXPECT_EQ(describe(event("log", R"({"entry":{"seq":3,"event":"close","code":1006}})")),
            "event: \"close\", code: 1006");
  EXPECT_EQ(describe(event("usage", R"({"entry":{"inMemory":false}})")),
            "usage: 0 requests, 0.000 s billed, not in memory");
  EXPECT_EQ(describe_got(Json::parse(R"({"kind":"close","code":1000,"reason":""})")),
            "Close 1000 \"\"");
  EXPECT_EQ(describe_got(Json::parse(R"({"seq":1,"event":"message","data":"x"})")),
            "event: \"message\", data: \"x\"");
  EXPECT_EQ(describe_expected(Json::parse(R"({"close":{},"note":"n"})")), "Close (empty)");
  EXPECT_EQ(describe_expected(Json::parse(R"({"close":{"code":1000}})")), "Close 1000");
  EXPECT_EQ(describe_expected(Json::parse(R"({"text":"x"})")), "text \"x\"");
  EXPECT_EQ(describe_expected(Json::parse(R"({"end":"fin"})")), "end of stream (FIN)");
  EXPECT_EQ(describe_expected(Json::parse(R"({"event":"close","code":1})")),
            "event: \"close\", code: 1");
  EXPECT_EQ(describe_expected(Json::parse(R"({"optional":[{"text":"x"}]})")),
            R"({"optional":[{"text":"x"}]})");
  std::string accents;
  for (int i = 0; i < 300; ++i) accents += "é";
  EXPECT_THAT(describe_got({{"event", "message"}, {"data", accents}}), testing::EndsWith("é…"));
  const auto response = [](const char* type) {
    return Json{{"kind", "response"},
                {"status", 404},
                {"body", "no"},
                {"headers", {{"Content-Type", type}}}};
  };
  const Sides sides = describe_sides(response("a"), response("b"));
  EXPECT_EQ(sides.expected, R"(headers: {"Content-Type":"a"})");
  EXPECT_EQ(sides.got, R"(headers: {"Content-Type":"b"})");
  EXPECT_EQ(describe_expected(nullptr), "nothing more");
  EXPECT_EQ(describe_got(nullptr), "nothing");
}

TEST(UsageText, SaysWhatAnObjectHasCostAndWhatHeldIt) {
  const Json usage = Json::parse(R"({"requests":{"upgrade":1,"http":2,"alarm":1},
    "messages":{"in":21,"out":3,"autoResponses":2,"pings":1},
    "billedRequests":{"whole":5,"twentieths":1},"rowsWritten":{"setAlarm":1},
    "durationUs":{"billed":60005000,"free":10000000,"heldBy":{"handler":5000,"timer":60000000}},
    "inMemory":true,"heldBy":["handler","timer"]})");
  EXPECT_EQ(usage_line(usage), "5 1/20 requests, 60.005 s billed, held by handler, timer");
  EXPECT_EQ(usage_section(usage, {}), R"(usage of the object, as documented
  requests  1 upgrade, 2 other, 1 alarm
  messages  21 in; free: 3 out, 2 auto-responses, 1 ping
  billed    5 1/20 requests, 60.005 s of duration, 1 row written by setAlarm
  free      10.000 s in memory, able to hibernate
  held by   handler 0.005 s, timer 60.000 s
  at last   held by handler, timer
)");
  const Json idle = Json::parse(R"({"billedRequests":{"whole":1,"twentieths":0},"inMemory":true})");
  EXPECT_EQ(usage_line(idle), "1 request, 0.000 s billed, in memory, may hibernate");
}

// Whoever answers may answer anything.
TEST(UsageText, CannotSteerTheTerminal) {
  const Json usage = Json::parse(R"({"requests":7,"inMemory":true,"heldBy":["\u001b[2J",1],
    "durationUs":{"heldBy":{"\u001b[2J":1,"x":"y"}}})");
  EXPECT_THAT(usage_section(usage, {}), Not(HasSubstr("\x1b")));
  EXPECT_EQ(usage_line(Json::object()), "0 requests, 0.000 s billed, not in memory");
}

TEST(Progress, FitsTheTerminal) {
  ProgressState state{.total = 60,
                      .done = 12,
                      .running = 8,
                      .failed = 1,
                      .elapsed = std::chrono::milliseconds(2500),
                      .label = "workerd",
                      .last = std::string(200, 'x')};
  std::string line =
      progress_line(state, Terminal{.interactive = true, .colour = false, .columns = 80});
  EXPECT_LT(width_of(line), 80u);
  EXPECT_THAT(line, HasSubstr("workerd  12/60  8 running  1 failed  2.5 s"));
}

}  // namespace
}  // namespace torpor::report
