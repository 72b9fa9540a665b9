// Each property, shown on a trace that was damaged by hand: what it is there for, it notices.
#include "conformance/properties/properties.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>

#include "conformance/scenario/loader.h"
#include "conformance/statements/registry.h"
#include "conformance/targets/simulated.h"
#include "core/compat/parameters.h"
#include "core/trace/writer.h"

namespace torpor::properties {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;

const statements::Registry& registry() {
  static const statements::Registry all = statements::embedded_registry().registry;
  return all;
}

scenario::Case case_with(const Json& program, const Json& steps, const Json& simulation = nullptr) {
  Json json = {
      {"id", "properties/test"}, {"title", "A test"}, {"statements", Json::array({"HIB-14"})},
      {"program", program},      {"steps", steps},    {"properties", true}};
  if (!simulation.is_null()) json["simulation"] = simulation;
  auto loaded =
      scenario::load_case(parse_json_or_null(json.dump()), "properties_test.cc", registry());
  for (const scenario::Problem& problem : loaded.problems) ADD_FAILURE() << problem.to_string();
  return std::move(loaded.cases.at(0));
}

trace::Trace run(const scenario::Case& one) {
  const std::atomic<bool> stop{false};
  auto simulated = targets::simulate(
      one, targets::options_of(one, compat::parameters_of(compat::Profile::kParity)), stop);
  trace::Trace trace;
  trace.events = std::get<std::vector<trace::Event>>(std::move(simulated.events));
  return trace;
}

const Json kEcho = Json::parse(R"({
  "fetch": [{"op":"upgrade","api":"hibernation"}, {"op":"kvPut","key":"k","value":1}],
  "message": [{"op":"send","data":{"$":"event","field":"message"}}, {"op":"getWebSockets"},
              {"op":"kvGet","key":"k"}, {"op":"serializeAttachment","value":"v"},
              {"op":"deserializeAttachment"}],
  "close": [{"op":"close","args":[{"$":"event","field":"code"}]}], "error": [], "alarm": []})");
const Json kTalk = Json::parse(R"([
  {"do":"connect","client":"a"}, {"do":"send","client":"a","text":"one"},
  {"do":"hibernate"}, {"do":"send","client":"a","text":"two"}, {"do":"ping","client":"a","payload":"p"},
  {"do":"wait","ms":50}, {"do":"close","client":"a","code":3001}, {"do":"wait","ms":500}])");

using Edit = std::function<void(std::vector<trace::Event>&)>;

// The statements of the first finding after the edit.
std::vector<std::string> broken_by(const Edit& edit) {
  const scenario::Case one = case_with(kEcho, kTalk);
  trace::Trace trace = run(one);
  EXPECT_THAT(check(one, trace).found, IsEmpty());
  edit(trace.events);
  const Findings findings = check(one, trace);
  return findings.found.empty() ? std::vector<std::string>{} : findings.found.front().statements;
}

std::size_t find(const std::vector<trace::Event>& events, const std::string& kind,
                 const std::string& text) {
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (events[i].kind == kind && events[i].members.dump().find(text) != std::string::npos)
      return i;
  }
  ADD_FAILURE() << "no " << kind << " with " << text;
  return 0;
}

Edit dropped(const std::string& kind, const std::string& text) {
  return [=](std::vector<trace::Event>& events) {
    events.erase(events.begin() + static_cast<std::ptrdiff_t>(find(events, kind, text)));
  };
}

Edit doubled(const std::string& kind, const std::string& text) {
  return [=](std::vector<trace::Event>& events) {
    const std::size_t at = find(events, kind, text);
    events.insert(events.begin() + static_cast<std::ptrdiff_t>(at), trace::Event(events[at]));
  };
}

Edit changed(const std::string& text, const char* member, const Json& value) {
  return [=](std::vector<trace::Event>& events) {
    events[find(events, "log", text)].members["entry"][member] = value;
  };
}

TEST(Properties, HoldOnARunOfTheModel) {
  const scenario::Case one = case_with(kEcho, kTalk);
  const Findings findings = check(one, run(one));
  EXPECT_THAT(findings.found, IsEmpty());
  EXPECT_TRUE(findings.followed);
  EXPECT_THAT(findings.exercised, Contains("HIB-14"));
}

TEST(Properties, NoticeWhatAClientNeverGot) {
  EXPECT_THAT(broken_by(dropped("text", "\"two\"")), Contains("SEND-06"));
}

TEST(Properties, NoticeWhatAClientGotTwice) {
  EXPECT_THAT(broken_by(doubled("text", "\"one\"")), Contains("SEND-06"));
}

TEST(Properties, NoticeAMessageThatWasNotHandled) {
  EXPECT_THAT(broken_by([](std::vector<trace::Event>& events) {
                // The message that woke the object, and all that it did.
                const std::size_t at = find(events, "log", "\"two\"");
                events.erase(events.begin() + static_cast<std::ptrdiff_t>(at),
                             events.begin() + static_cast<std::ptrdiff_t>(at + 4));
              }),
              Contains("HIB-14"));
}

TEST(Properties, NoticeAMessageThatWasHandledTwice) {
  EXPECT_THAT(broken_by(doubled("log", "\"two\"")), ::testing::Not(IsEmpty()));
}

TEST(Properties, NoticeAWrongList) {
  EXPECT_THAT(broken_by(changed("getWebSockets", "value", Json::array())), Contains("LIST-01"));
}

TEST(Properties, NoticeALostAttachment) {
  EXPECT_THAT(broken_by(changed("deserializeAttachment", "value", nullptr)), Contains("ATT-05"));
}

TEST(Properties, NoticeLostStorage) {
  EXPECT_THAT(broken_by(changed("kvGet", "value", {{"$", "undefined"}})), Contains("HIB-10"));
}

TEST(Properties, NoticeAWrongCloseCode) {
  EXPECT_THAT(broken_by(changed("\"event\":\"close\"", "code", 3002)), Contains("CLE-01"));
}

TEST(Properties, NoticeACloseThatWasNotTold) {
  // The object's answer is then one that nothing explains.
  EXPECT_THAT(broken_by(dropped("log", "\"event\":\"close\"")), Contains("ACL-07"));
}

TEST(Properties, NoticeAPongThatNeverCame) {
  EXPECT_THAT(broken_by(dropped("pong", "")), Contains("PING-01"));
}

TEST(Properties, NoticeAnExceptionThatNothingExplains) {
  EXPECT_THAT(broken_by([](std::vector<trace::Event>& events) {
                const std::size_t at = find(events, "log", "getWebSockets");
                trace::Event thrown = events[at];
                thrown.members["entry"] = {{"instance", 1},
                                           {"socket", "a"},
                                           {"op", "send"},
                                           {"throws", {{"name", "TypeError"}, {"message", "x"}}}};
                events.insert(events.begin() + static_cast<std::ptrdiff_t>(at), thrown);
              }),
              Contains("SEND-04"));
}

TEST(Properties, NoticeAConnectionThatOutlivesADeploy) {
  const Json steps = Json::parse(R"([{"do":"connect","client":"a"}, {"do":"deploy"},
                                     {"do":"wait","ms":100}])");
  const scenario::Case one = case_with(kEcho, steps);
  trace::Trace trace = run(one);
  EXPECT_THAT(check(one, trace).found, IsEmpty());
  dropped("end", "")(trace.events);
  const Findings findings = check(one, trace);
  ASSERT_EQ(findings.found.size(), 1u);
  EXPECT_THAT(findings.found[0].statements, Contains("DEPLOY-01"));
}

// The log from the first entry with the text on, so much later.
Edit later(const std::string& text, std::int64_t ms) {
  return [=](std::vector<trace::Event>& events) {
    for (std::size_t at = find(events, "log", text); at < events.size(); ++at) {
      if (events[at].kind != "log") continue;
      events[at].members["at"] = events[at].members["at"].get<std::int64_t>() + ms;
    }
  };
}

TEST(Properties, NoticeAnObjectThatLeftMemoryTooSoon) {
  EXPECT_THAT(broken_by(later("\"instance\":2,", -1500)), Contains("HIB-01"));
}

TEST(Properties, NoticeAnObjectThatNeverLeftMemory) {
  const Json steps = Json::parse(R"([{"do":"connect","client":"a"}, {"do":"wait","ms":9000},
      {"do":"send","client":"a","text":"one"}, {"do":"wait","ms":100}])");
  const scenario::Case one = case_with(kEcho, steps);
  trace::Trace trace = run(one);
  EXPECT_THAT(check(one, trace).found, IsEmpty());
  later("\"one\"", 1500)(trace.events);
  const Findings findings = check(one, trace);
  ASSERT_EQ(findings.found.size(), 1u);
  EXPECT_THAT(findings.found[0].statements, Contains("HIB-09"));
}

TEST(Properties, NoticeAnAlarmThatIsLate) {
  Json program = kEcho;
  program["message"] = Json::array({{{"op", "setAlarm"}, {"ms", 200}}});
  const scenario::Case one = case_with(program, kTalk);
  trace::Trace trace = run(one);
  EXPECT_THAT(check(one, trace).found, IsEmpty());
  later("\"event\":\"alarm\"", 30)(trace.events);
  const Findings findings = check(one, trace);
  ASSERT_EQ(findings.found.size(), 1u);
  EXPECT_THAT(findings.found[0].statements, Contains("ALARM-01"));
}

TEST(Properties, NoticeATimerThatIsEarly) {
  Json program = kEcho;
  program["message"] =
      Json::parse(R"([{"op":"setTimeout","ms":100,"ops":[{"op":"log","value":"~1"}]}])");
  const scenario::Case one = case_with(program, kTalk);
  trace::Trace trace = run(one);
  EXPECT_THAT(check(one, trace).found, IsEmpty());
  later("\"event\":\"timer\"", -50)(trace.events);
  const Findings findings = check(one, trace);
  ASSERT_EQ(findings.found.size(), 1u);
  EXPECT_THAT(findings.found[0].statements, Contains("HIB-04"));
}

TEST(Properties, KnowWhichHandlersTheEventTimeoutEnds) {
  Json program = kEcho;
  program["constructor"] = Json::parse(R"([{"op":"setEventTimeout","args":[50]}])");
  program["message"] = Json::parse(R"({
    "one": [{"op":"sleep","ms":100}, {"op":"log","value":"~1"}],
    "two": [{"op":"sleep","ms":20}, {"op":"log","value":"~2"}]})");
  const scenario::Case one = case_with(program, kTalk);
  trace::Trace trace = run(one);
  const Findings before = check(one, trace);
  EXPECT_THAT(before.found, IsEmpty());
  EXPECT_THAT(before.exercised, Contains("TO-03"));
  // As if the first had been longer, and gone on.
  const std::size_t at = find(trace.events, "log", "\"two\"");
  trace::Event marker = trace.events[at];
  marker.members["entry"] = {{"instance", 1}, {"op", "log"}, {"value", "~1"}};
  marker.members["at"] = trace.events[find(trace.events, "log", "\"one\"")].members["at"];
  marker.members["at"] = marker.members["at"].get<std::int64_t>() + 100;
  trace.events.insert(trace.events.begin() + static_cast<std::ptrdiff_t>(at) - 1, marker);
  EXPECT_THAT(check(one, trace).found, ::testing::SizeIs(1));
}

TEST(Properties, NoticeWhatIsSeenBeforeItsWriteIsDurable) {
  const Json steps = Json::parse(R"([{"do":"storageFaults","writeLatencyMs":300},
      {"do":"connect","client":"a"}, {"do":"send","client":"a","text":"one"},
      {"do":"wait","ms":1000}])");
  Json program = kEcho;
  program["message"] =
      Json::parse(R"([{"op":"kvPut","key":"k","value":1}, {"op":"send","data":"stored"}])");
  const scenario::Case one = case_with(program, steps);
  trace::Trace trace = run(one);
  EXPECT_THAT(check(one, trace).found, IsEmpty());
  trace.events[find(trace.events, "text", "stored")].t -= milliseconds(100);
  const Findings findings = check(one, trace);
  ASSERT_EQ(findings.found.size(), 1u);
  EXPECT_THAT(findings.found[0].statements, Contains("SEND-07"));
}

TEST(Properties, FollowTablesMadeBySql) {
  Json program = kEcho;
  program["message"] = Json::parse(R"json([
    {"op":"sql","query":"CREATE TABLE IF NOT EXISTS t(v)"},
    {"op":"sql","query":"INSERT INTO t VALUES(?)","bindings":["x"]},
    {"op":"sql","query":"SELECT v FROM t"}, {"op":"sql","query":"SELECT v FROM u"}])json");
  const scenario::Case one = case_with(program, kTalk);
  trace::Trace trace = run(one);
  const Findings before = check(one, trace);
  EXPECT_THAT(before.found, IsEmpty());
  EXPECT_TRUE(before.followed);
  changed(R"("value":[{"v":"x"},{"v":"x"}])", "value", Json::array())(trace.events);
  const Findings findings = check(one, trace);
  ASSERT_EQ(findings.found.size(), 1u);
  EXPECT_THAT(findings.found[0].statements, Contains("STORE-04"));
}

TEST(Properties, NoticeWhatHibernationChanges) {
  const scenario::Case one = case_with(kEcho, kTalk);
  ASSERT_TRUE(hibernation_is_invisible(one));
  const trace::Trace awake = run(one);
  trace::Trace evicted = awake;
  EXPECT_THAT(check_hibernation(one, awake, evicted).found, IsEmpty());
  changed("deserializeAttachment", "value", nullptr)(evicted.events);
  EXPECT_THAT(check_hibernation(one, awake, evicted).found, ::testing::SizeIs(1));
}

TEST(Properties, AskNothingOfHibernationWhereItIsToBeSeen) {
  Json program = kEcho;
  program["message"].push_back({{"op", "remember"}, {"key", "m"}, {"value", 1}});
  EXPECT_FALSE(hibernation_is_invisible(case_with(program, kTalk)));
}

TEST(Properties, JudgeWhatFaultsDidToTheObject) {
  const scenario::Case one =
      case_with(kEcho, kTalk, {{"seed", 3}, {"objects", {{"crash", 300000}, {"evict", 500000}}}});
  const trace::Trace trace = run(one);
  EXPECT_THAT(check(one, trace).found, IsEmpty());
  EXPECT_NE(trace::digest_of(trace.events), trace::digest_of(run(case_with(kEcho, kTalk)).events));
}

}  // namespace
}  // namespace torpor::properties
