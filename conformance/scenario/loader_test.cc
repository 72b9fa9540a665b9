#include "conformance/scenario/loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>

namespace torpor::scenario {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

statements::Registry sample_registry() {
  statements::Registry registry;
  const auto problems = registry.add_text(R"([
    {"id": "CLE-01", "text": "t", "level": "must", "sources": [{"source": "rfc6455", "section": "5.5.1"}]},
    {"id": "RS-05", "text": "t", "level": "should", "sources": [{"source": "docs", "section": "s"}]}])",
                                          "statements.json");
  EXPECT_TRUE(problems.empty());
  return registry;
}

constexpr const char* kGood = R"({
  "id": "close/client/echo",
  "title": "The handler answers the client's Close",
  "statements": ["CLE-01"],
  "program": {"fetch": [{"op": "upgrade", "api": "hibernation"}],
              "close": [{"op": "close", "args": [{"$": "event", "field": "code"}]}]},
  "steps": [
    {"do": "connect", "client": "a"},
    {"do": "close", "client": "a", "code": 4001, "reason": "bye"},
    {"do": "await", "client": "a", "end": true}
  ],
  "expect": {
    "a": [{"open": {}}, {"close": {"code": 4001, "reason": "bye"}, "statement": "CLE-01"}, {"end": "fin"}]
  }
})";

std::string with(const std::string& what, const std::string& by, std::string text = kGood) {
  const auto at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), by);
}

std::string many(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

Loaded load(const std::string& text) {
  return load_scenario_text(text, "x.json", sample_registry());
}

std::string problems_of(const std::string& text) {
  std::string all;
  const Loaded loaded = load(text);
  EXPECT_EQ(loaded.cases.empty(), !loaded.ok());
  for (const Problem& problem : loaded.problems) all += problem.to_string() + "\n";
  return all;
}

TEST(Loader, ReadsTheExampleOfTheFormat) {
  const Loaded loaded = load(kGood);
  ASSERT_TRUE(loaded.ok()) << problems_of(kGood);
  const Case& one = loaded.cases.at(0);
  EXPECT_EQ(one.id, "close/client/echo");
  EXPECT_EQ(one.configuration, Configuration{});
  EXPECT_TRUE(one.applies_to(compat::Profile::kParity));
  EXPECT_FALSE(one.applies_to(compat::Profile::kRfc6455));
  ASSERT_EQ(one.steps.size(), 3U);
  EXPECT_EQ(std::get<step::Connect>(one.steps[0].action).segment, "ws");
  EXPECT_EQ(std::get<step::Close>(one.steps[1].action).payload,
            "\x0f\xa1"
            "bye");
  const auto& await = std::get<step::Await>(one.steps[2].action);
  EXPECT_EQ(std::get<step::AwaitEnd>(await.what).client, "a");
  EXPECT_EQ(await.timeout, milliseconds(5000));
  ASSERT_EQ(one.lanes.size(), 1U);
  EXPECT_EQ(one.lanes[0].items.size(), 3U);
  EXPECT_THAT(one.lanes[0].items[1].statements, ElementsAre("CLE-01"));
  EXPECT_EQ(one.lanes[0].items[1].line, 13U);
}

TEST(Loader, SaysWhereASyntaxErrorIs) {
  EXPECT_THAT(problems_of(with(R"("code": 4001,)", R"("code": 4001)")),
              HasSubstr("x.json:9:56: syntax error"));
  EXPECT_THAT(problems_of(""), HasSubstr("x.json:1:1: syntax error"));
}

TEST(Loader, RefusesAMemberWrittenTwice) {
  EXPECT_THAT(problems_of(with(R"("title":)", R"("id": "x", "title":)")),
              HasSubstr("x.json:3: /id: this member is written twice"));
}

TEST(Loader, TheConstructorAwaitsNothing) {
  const auto problems_with = [](const char* ops) {
    return problems_of(
        with(R"("close": [)", R"("constructor": [)" + std::string(ops) + R"(], "close": [)"));
  };
  EXPECT_THAT(
      problems_with(R"({"op": "setAlarm", "ms": 1})"),
      HasSubstr(R"(/program/constructor/0/op: "setAlarm" awaits, which "constructor" cannot)"
                R"(; put it into "blockConcurrencyWhile")"));
  EXPECT_EQ(
      problems_with(R"({"op": "blockConcurrencyWhile", "ops": [{"op": "setAlarm", "ms": 1}]})"),
      "");
  EXPECT_EQ(problems_with(R"({"op": "kvPut", "key": "k", "value": 1})"), "");
}

TEST(Loader, SuggestsWhatAnUnknownNameMayMean) {
  EXPECT_THAT(
      problems_of(with(R"("op": "close")", R"("op": "colse")")),
      HasSubstr(
          R"(x.json:6: /program/close/0/op: unknown op "colse" (did you mean "close"?); allowed: upgrade, )"));
  EXPECT_THAT(
      problems_of(with(R"("do": "close")", R"("do": "clos")")),
      HasSubstr(
          R"(x.json:9: /steps/1/do: unknown step "clos" (did you mean "close"?); allowed: connect, )"));
  EXPECT_THAT(
      problems_of(with(R"(["CLE-01"])", R"(["CLE-1"])")),
      HasSubstr(
          R"(x.json:4: /statements/0: unknown statement "CLE-1" (did you mean "CLE-01"?); allowed: CLE-01, RS-05)"));
  EXPECT_THAT(problems_of(with(R"("title":)", R"("titel": 1, "title":)")),
              HasSubstr(R"(x.json:3: /titel: unknown member "titel" (did you mean "title"?))"));
  EXPECT_THAT(
      problems_of(with(R"({"end": "fin"})", R"({"ends": "fin"})")),
      HasSubstr(R"(x.json:13: /expect/a/2: unknown expectation "ends" (did you mean "end"?))"));
  EXPECT_THAT(
      problems_of(with(R"("api": "hibernation")", R"("api": "hibernate")")),
      HasSubstr(
          R"(/program/fetch/0/api: unknown api "hibernate" (did you mean "hibernation"?); allowed: hibernation, standard)"));
}

TEST(Loader, RefusesAStatementThatTheCaseDoesNotList) {
  EXPECT_THAT(
      problems_of(with(R"("statement": "CLE-01")", R"("statement": ["CLE-01", "RS-05"])")),
      HasSubstr(
          R"(x.json:13: /expect/a/1/statement: "RS-05" is not in the scenario's "statements")"));
}

TEST(Loader, RefusesClientsThatNoStepConnects) {
  EXPECT_THAT(problems_of(with(R"("client": "a", "end")", R"("client": "b", "end")")),
              HasSubstr(R"(x.json:10: /steps/2/client: no earlier step connects "b"; allowed: a)"));
  EXPECT_THAT(
      problems_of(with(R"("a": [{"open")", R"("b": [{"open")")),
      HasSubstr(
          R"(x.json:13: /expect/b: no step connects a client of this name: "b"; allowed: a, object, object:NAME, usage)"));
  EXPECT_THAT(problems_of(with(R"(, "client": "a")", "")),
              HasSubstr(R"(/steps/0: no member "client"; it is required)"));
}

TEST(Loader, RefusesWrongTypesAndValues) {
  const struct {
    const char* what;
    const char* by;
    const char* problem;
  } table[] = {
      {R"("code": 4001, "reason": "bye"})", R"("code": "4001"})",
       R"(/steps/1/code: must be a whole number, not "4001")"},
      {R"("code": 4001, "reason": "bye"})", R"("code": 70000})",
       "/steps/1/code: must be 0 to 65535, not 70000"},
      {R"("code": 4001, "reason": "bye"})", R"("hex": "0fz1"})",
       R"(/steps/1/hex: must be an even number of hex digits, not "0fz1")"},
      {R"("code": 4001, "reason": "bye"})", R"("hex": "0fa1", "code": 1})",
       R"(/steps/1: must not have "hex" beside)"},
      {R"("code": 4001, "reason": "bye"})", R"("reason": "bye"})",
       R"(/steps/1: a "reason" needs a "code")"},
      {R"("end": true)", R"("end": true, "frames": 1)", "/steps/2: must have exactly one of"},
      {R"("fin")", R"("fine")",
       R"(/expect/a/2/end: unknown end "fine" (did you mean "fin"?); allowed: fin, reset, any)"},
      {R"({"end": "fin"})", R"({"end": "fin", "text": "x"})",
       R"(/expect/a/2: is both "end" and "text")"},
      {R"({"end": "fin"})", R"({"end": "fin", "within": [5, 1]})",
       "/expect/a/2/within: must be [min_ms, max_ms], not [5,1]"},
      {R"({"end": "fin"})", R"({"when": {"profil": "parity"}, "then": []})",
       R"(/expect/a/2/when/profil: neither "profile" nor a parameter)"},
      {R"({"end": "fin"})", R"({"when": {"profile": "praity"}, "then": []})",
       R"(no value "praity" (did you mean "parity"?))"},
      {R"({"end": "fin"})", R"({"oneOf": [{"name": "x", "items": []}]})",
       "/expect/a/2/oneOf: must be a list of at least two alternatives"},
      {R"("close": [{"op")", R"("close": [{"op": "pair"}, {"op")",
       R"("pair" works in "fetch" only, not in "close")"},
      {R"("close": [{"op")", R"("closed": [{"op")",
       R"(/program/closed: unknown member "closed" (did you mean "close"?))"},
      {R"("args": [{"$": "event", "field": "code"}])", R"("args": 1)",
       "/program/close/0/args: must be a list, not 1"},
      {R"("field": "code")", R"("field": "cod")",
       R"(/program/close/0/args/0/field: an event has no field "cod" (did you mean "code"?))"},
      {R"({"$": "event", "field": "code"})", R"([{"$": "bigint", "value": 1}])",
       R"(/program/close/0/args/0: "value" must be a string in [{"$":"bigint","value":1}])"},
      {R"("op": "close",)", R"("op": "close", "on": "everyone",)",
       R"(/program/close/0/on: unknown sockets "everyone")"},
      {R"("steps": [)", R"("configuration": {"compatibilityDate": "2026-13"}, "steps": [)",
       "/configuration: "},
      {R"("steps": [)", R"("needs": ["evicts"], "steps": [)",
       R"(/needs: unknown feature "evicts" (did you mean "evict"?))"},
      {R"("steps": [)", R"("profiles": ["rfc"], "steps": [)",
       R"(/profiles: unknown profile "rfc")"},
      {R"("title": "The handler answers the client's Close",)", "",
       R"(x.json:1: no member "title"; it is required)"},
      {R"(["CLE-01"])", "[]", "/statements: a case must list at least one statement"},
  };
  for (const auto& row : table)
    EXPECT_THAT(problems_of(with(row.what, row.by)), HasSubstr(row.problem)) << row.by;
}

TEST(Loader, AnIdIsPathLike) {
  for (const char* id : {"", "/", "/abs", "a/", "a//b", "../../x", "a/../b", ".", "-x", "a/-x",
                         "a b", "a\\nb", "a\\u001b[31mb", "a[b]", "a_b", "a/\\u00e9"}) {
    EXPECT_THAT(problems_of(with("close/client/echo", id)),
                HasSubstr("x.json:2: /id: must be letters, digits and \"-\" with \"/\" between"))
        << id;
  }
  for (const char* id : {"a", "0", "rfc6455/5-5-1", "abort/blockConcurrencyWhile-throws"})
    EXPECT_EQ(problems_of(with("close/client/echo", id)), "") << id;
}

TEST(Loader, AnIdHasABoundWithItsParameters) {
  EXPECT_EQ(problems_of(with("close/client/echo", std::string(200, 'a'))), "");
  EXPECT_THAT(problems_of(with("close/client/echo", std::string(201, 'a'))),
              HasSubstr("x.json:2: /id: must be at most 200 octets long, parameters included"));
  const auto labelled = [](const std::string& label) {
    return with(R"("title":)", R"("parameters": {"p": [")" + label + R"("]}, "title":)");
  };
  EXPECT_EQ(problems_of(labelled("a b/c.[d]")), "");
  EXPECT_THAT(problems_of(labelled(std::string(180, 'a'))),
              HasSubstr("/id: must be at most 200 octets"));
  EXPECT_THAT(problems_of(labelled("a\\nb")),
              HasSubstr("/parameters: a control character would be in the id"));
  EXPECT_THAT(problems_of(with("close/client/echo", "a[b", labelled("c"))),
              HasSubstr("/id: must be letters"));
}

// Twice the size, twice the time: sizes for which the square of it would be minutes.
TEST(Loader, TakesALargeFileInItsStride) {
  const auto began = std::chrono::steady_clock::now();
  const auto connect = [](const std::string& headers) {
    return with(R"("do": "connect",)", R"("do": "connect", "headers": {)" + headers + "},");
  };
  std::string headers, problems;
  for (int i = 0; i < 50'000; ++i)
    headers += (i == 0 ? "\"H" : ",\"H") + std::to_string(i) + R"(": "x")";
  for (int i = 0; i < 10'000; ++i) problems += "\"m" + std::to_string(i) + "\": 1,";
  for (const std::string& value : {std::string(2'000'000, 'a'), many("${", 1'000'000)}) {
    const Loaded loaded = load(connect(R"("X": ")" + value + "\""));
    ASSERT_TRUE(loaded.ok());
    EXPECT_EQ(std::get<step::Connect>(loaded.cases[0].steps[0].action).headers.at(0).second, value);
  }
  EXPECT_TRUE(load(connect(headers)).ok());
  EXPECT_EQ(load(with(R"("title":)", problems + R"("title":)")).problems.size(), 10'000U);
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(20));
}

TEST(Loader, TellsEveryProblemAtOnce) {
  const std::string problems =
      problems_of(with(R"("do": "close")", R"("do": "clos")", with(R"("fin")", "7")));
  EXPECT_THAT(problems, HasSubstr("/steps/1/do"));
  EXPECT_THAT(problems, HasSubstr("/expect/a/2/end"));
}

TEST(Loader, RefusesALogPatternThatNeverMatches) {
  const auto object = [](const std::string& item) {
    return problems_of(with(R"("expect": {)", R"("expect": {"object": [)" + item + "],"));
  };
  EXPECT_THAT(
      object(R"({"event": "closed"})"),
      HasSubstr(R"(/expect/object/0/event: unknown event "closed" (did you mean "close"?))"));
  EXPECT_THAT(object(R"({"evnt": "close"})"),
              HasSubstr(R"(no log entry has a member "evnt" (did you mean "event"?))"));
  EXPECT_THAT(object(R"({"note": "x"})"), HasSubstr("this would match every log entry"));
}

TEST(Loader, ReadsWhatAnObjectMayCost) {
  const auto usage = [](const std::string& item) {
    return with(R"("expect": {)", R"("expect": {"usage": [)" + item + "],");
  };
  const Loaded loaded = load(usage(R"({"requests": {"upgrade": 1}, "heldBy": ["timer"]})"));
  ASSERT_TRUE(loaded.ok());
  const Lane& lane = loaded.cases[0].lanes[0];
  EXPECT_EQ(lane.kind, LaneKind::kUsage);
  EXPECT_EQ(std::get<expect::Usage>(lane.items[0].what).pattern["requests"]["upgrade"], 1);
  EXPECT_THAT(problems_of(usage(R"({"heldby": []})")),
              HasSubstr(R"(usage has no member "heldby" (did you mean "heldBy"?))"));
  EXPECT_THAT(problems_of(usage(R"({"requests": {"htp": 1}})")),
              HasSubstr(R"(/requests/htp: requests has no member "htp" (did you mean "http"?))"));
  EXPECT_THAT(problems_of(usage(R"({"note": "x"})")), HasSubstr("this would match every usage"));
  EXPECT_THAT(problems_of(usage(R"({"inMemory": true, "within": [1, 2]})")),
              HasSubstr("belongs to a single item in a client's lane"));
}

std::string family(const std::string& parameters) {
  return with(R"("title":)", parameters + R"("title":)",
              with("4001", R"("${code}")", with("bye", "x${code}y")));
}

TEST(Loader, ExpandsAFamily) {
  const Loaded loaded = load(family(
      R"("parameters": {"api": ["standard", "hibernation"], "code": {"low": 1000, "high": 4999}},
                                       "except": [{"api": "standard", "code": "high"}],)"));
  ASSERT_TRUE(loaded.ok());
  std::vector<std::string> ids;
  for (const Case& one : loaded.cases) ids.push_back(one.id);
  EXPECT_THAT(ids, ElementsAre("close/client/echo[api=standard,code=low]",
                               "close/client/echo[api=hibernation,code=low]",
                               "close/client/echo[api=hibernation,code=high]"));
  const Case& last = loaded.cases.back();
  EXPECT_EQ(last.family, "close/client/echo");
  EXPECT_EQ(std::get<step::Close>(last.steps[1].action).payload, "\x13\x87x4999y");
  EXPECT_EQ(last.parameters[1], std::pair(std::string("code"), std::string("high")));
  EXPECT_EQ(last.source["steps"][1]["code"], 4999);
}

TEST(Loader, RefusesWhatAFamilyDoesNotHave) {
  EXPECT_THAT(
      problems_of(family(R"("parameters": {"cod": [1]},)")),
      HasSubstr(
          R"(x.json:9: /steps/1/code: no parameter "code" (did you mean "cod"?); allowed: cod)"));
  EXPECT_THAT(problems_of(family(R"("parameters": {"code": [1]}, "except": [{"code": 2}],)")),
              HasSubstr(R"(/except/0/code: parameter code has no value "2")"));
  EXPECT_THAT(problems_of(family(R"("parameters": {"code": [1]}, "except": [{"code": 1}],)")),
              HasSubstr("/except: drops every combination"));
  EXPECT_THAT(problems_of(family(R"("parameters": {"code": 1},)")),
              HasSubstr("/parameters/code: must be a list"));
  EXPECT_THAT(problems_of(family(R"("parameters": {"code": [1, 1]},)")),
              HasSubstr(R"("close/client/echo[code=1]" is already the id of a case in x.json)"));
}

TEST(Loader, SaysAProblemOfAFamilyOnce) {
  const Loaded loaded = load(family(R"("parameters": {"code": [1, 2, 3]}, "titel": "",)"));
  EXPECT_EQ(loaded.problems.size(), 1U);
}

TEST(Loader, ReadsACaseBackFromItsOwnSource) {
  for (const Case& one : load(family(R"("parameters": {"code": [1000, 4999]},)")).cases) {
    const Loaded again = load_case(one.source, "trace", sample_registry());
    ASSERT_TRUE(again.ok()) << again.problems[0].to_string();
    EXPECT_EQ(again.cases[0].id, one.id);
    EXPECT_EQ(again.cases[0].family, one.family);
    EXPECT_EQ(again.cases[0].parameters, one.parameters);
    EXPECT_EQ(again.cases[0].source, one.source);
  }
}

TEST(Loader, NeedsTheControlCallsThatItsStepsMake) {
  const Loaded loaded =
      load(with(R"({"do": "await")",
                R"({"do": "evict"}, {"do": "deploy"}, {"do": "usage"}, {"do": "await")"));
  ASSERT_TRUE(loaded.ok());
  EXPECT_THAT(loaded.cases[0].needs, ElementsAre("evict", "deploy", "usage"));
}

class Catalogue : public ::testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(root_ / "sub"); }
  void TearDown() override { std::filesystem::remove_all(root_); }
  void put(const std::string& name, const std::string& text) {
    std::ofstream(root_ / name) << text;
  }
  Loaded load_all() const { return load_catalogue({root_.string()}, sample_registry()); }

  std::filesystem::path root_ =
      std::filesystem::path(::testing::TempDir()) /
      (std::string("torpor-") + ::testing::UnitTest::GetInstance()->current_test_info()->name());
};

TEST_F(Catalogue, IsReadInTheOrderOfTheNames) {
  put("sub/a.json", with("close/client/echo", "third"));
  put("b.json", with("close/client/echo", "second"));
  put("a.json", with("close/client/echo", "first"));
  put("a.txt", "not a scenario");
  const Loaded loaded = load_all();
  ASSERT_TRUE(loaded.ok());
  EXPECT_EQ(loaded.cases.at(0).id + loaded.cases.at(1).id + loaded.cases.at(2).id,
            "firstsecondthird");
}

TEST_F(Catalogue, HasNoIdTwice) {
  put("a.json", kGood);
  put("b.json", kGood);
  const Loaded loaded = load_all();
  ASSERT_EQ(loaded.problems.size(), 1U);
  EXPECT_THAT(loaded.problems[0].to_string(),
              HasSubstr("b.json: /id: \"close/client/echo\" is already the id of a case in "));
}

TEST_F(Catalogue, IsNotSilentlyEmpty) {
  EXPECT_THAT(load_all().problems.at(0).to_string(), HasSubstr("holds no .json file"));
  const Loaded missing = load_catalogue({(root_ / "none.json").string()}, sample_registry());
  EXPECT_THAT(missing.problems.at(0).to_string(), HasSubstr("none.json: cannot be read"));
}

TEST(EmbeddedCatalogue, IsSound) {
  const statements::LoadedRegistry loaded = statements::embedded_registry();
  for (const Problem& problem : embedded_catalogue(loaded.registry).problems)
    ADD_FAILURE() << problem.to_string();
}

constexpr const char* kSampleCase = R"({
  "id": "samples/echo",
  "title": "t",
  "statements": ["CLE-01"],
  "sample": {"name": "hibernation-echo", "language": "ts"},
  "steps": [{"do": "connect", "client": "a"}, {"do": "request", "client": "b"},
            {"do": "connect", "client": "c", "segment": "x/websocket"}],
  "expect": {"a": [{"open": {}}]}
})";

TEST(Loader, ASampleStandsInPlaceOfAProgram) {
  const Loaded loaded = load(kSampleCase);
  ASSERT_TRUE(loaded.ok()) << problems_of(kSampleCase);
  const Case& one = loaded.cases.at(0);
  ASSERT_TRUE(one.sample.has_value());
  EXPECT_EQ(one.sample->name, "hibernation-echo");
  EXPECT_EQ(one.sample->language, "ts");
  EXPECT_TRUE(one.program.is_null());
  EXPECT_EQ(std::get<step::Connect>(one.steps[0].action).segment, "websocket");
  EXPECT_EQ(std::get<step::Request>(one.steps[1].action).segment, "websocket");
  EXPECT_EQ(std::get<step::Connect>(one.steps[2].action).segment, "x/websocket");
  const std::string object = R"({"name": "hibernation-echo", "language": "ts"})";
  const Loaded by_name = load(with(object, R"("counter")", kSampleCase));
  ASSERT_TRUE(by_name.ok());
  EXPECT_EQ(by_name.cases.at(0).sample->name, "counter");
  EXPECT_EQ(by_name.cases.at(0).sample->language, "js");
}

TEST(Loader, SaysWhatASampleCannotBe) {
  const auto sample = [](const std::string& json) {
    return problems_of(
        with(R"({"name": "hibernation-echo", "language": "ts"})", json, kSampleCase));
  };
  EXPECT_THAT(sample(R"("ecko")"), HasSubstr("/sample: unknown sample \"ecko\"; allowed: "));
  EXPECT_THAT(sample(R"({"name": "counter", "language": "tz"})"),
              HasSubstr("/sample/language: unknown language \"tz\" (did you mean \"ts\"?)"));
  EXPECT_THAT(sample(R"({"language": "js"})"), HasSubstr("no member \"name\""));
  EXPECT_THAT(sample("7"), HasSubstr("/sample: must be a string"));
  EXPECT_THAT(problems_of(with(R"("sample")", R"("program": {}, "sample")", kSampleCase)),
              HasSubstr("/sample: a case has a program or a sample, not both"));
}

TEST(Loader, ASampleHasNoLogAndNoControlCalls) {
  const std::string last = R"({"do": "request", "client": "b"})";
  for (const char* step : {R"({"do": "await", "log": {"event": "close"}})", R"({"do": "evict"})",
                           R"({"do": "deploy"})", R"({"do": "crash"})", R"({"do": "usage"})",
                           R"({"do": "storageFaults", "writesFail": true})"}) {
    EXPECT_THAT(problems_of(with(last, step, kSampleCase)),
                HasSubstr("/steps/1: needs the fixture; a sample has neither a log nor control "
                          "calls"))
        << step;
  }
  for (const char* lane : {"object", "object:a"}) {
    EXPECT_THAT(
        problems_of(with("\"expect\": {\"a\"",
                         std::string("\"expect\": {\"") + lane + "\": [], \"a\"", kSampleCase)),
        HasSubstr("a sample keeps no log; expect what clients see"));
  }
}

constexpr const char* kOutgoing = R"({
  "id": "outgoing/x", "title": "t", "statements": ["CLE-01"], "remotes": ["r"],
  "program": {"fetch": [{"op": "newWebSocket", "remote": "r"}], "open": []},
  "steps": [{"do": "request", "client": "a"}, {"do": "answer", "client": "r"}],
  "expect": {"r": [{"request": {"method": "GET"}}]}
})";

TEST(Loader, RemotesAreNamedByStepsAndLanesAndAreANeed) {
  const Loaded loaded = load(kOutgoing);
  ASSERT_TRUE(loaded.ok()) << problems_of(kOutgoing);
  EXPECT_THAT(loaded.cases.at(0).remotes, ElementsAre("r"));
  EXPECT_THAT(loaded.cases.at(0).needs, ElementsAre("outgoing"));
}

TEST(Loader, ClientsDoNotAnswerAndRemotesDoNotConnect) {
  EXPECT_THAT(problems_of(with(R"({"do": "answer", "client": "r"})",
                               R"({"do": "answer", "client": "a"})", kOutgoing)),
              HasSubstr(R"(/steps: "a" is no remote)"));
  EXPECT_THAT(problems_of(with(R"({"do": "request", "client": "a"})",
                               R"({"do": "request", "client": "r"})", kOutgoing)),
              HasSubstr(R"(/steps: "r" is a remote)"));
  EXPECT_THAT(problems_of(with(R"(["r"])", R"(["r", "r"])", kOutgoing)), HasSubstr("twice"));
  EXPECT_THAT(problems_of(with(R"(["r"])", R"(["r", "R-1"])", kOutgoing)),
              HasSubstr("a remote's name is as a client's"));
}

}  // namespace
}  // namespace torpor::scenario
