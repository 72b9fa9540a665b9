// The rules of accepting, pairs, handshakes, frames and outgoing sockets, each shown on a trace
// that was damaged by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>

#include "conformance/properties/properties.h"
#include "conformance/scenario/loader.h"
#include "conformance/statements/registry.h"
#include "conformance/targets/simulated.h"
#include "core/compat/parameters.h"

namespace torpor::properties {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;

using Events = std::vector<trace::Event>;
using Edit = std::function<void(Events&)>;

scenario::Case case_of(const Json& program, const Json& steps, const Json& remotes,
                       const char* date) {
  static const auto all = statements::embedded_registry().registry;
  Json json = {{"id", "properties/sockets"}, {"title", "A test"}, {"statements", {"HIB-14"}},
               {"program", program},         {"steps", steps},    {"properties", true}};
  json["configuration"]["compatibilityDate"] = date;
  if (!remotes.empty()) json["remotes"] = remotes;
  auto loaded = scenario::load_case(parse_json_or_null(json.dump()), "sockets_test.cc", all);
  for (const scenario::Problem& problem : loaded.problems) ADD_FAILURE() << problem.to_string();
  return std::move(loaded.cases.at(0));
}

// The statements of the first finding after the edit, in a run that is followed to its end and
// has none before.
std::vector<std::string> broken_by(const char* program, const char* steps, const Edit& edit,
                                   const Json& remotes = Json::array(),
                                   const char* date = "2026-11-01") {
  const scenario::Case one = case_of(Json::parse(program), Json::parse(steps), remotes, date);
  const std::atomic<bool> stop{false};
  auto simulated = targets::simulate(
      one, targets::options_of(one, compat::parameters_of(compat::Profile::kParity)), stop);
  trace::Trace trace;
  trace.events = std::get<Events>(std::move(simulated.events));
  const Findings before = check(one, trace);
  EXPECT_THAT(before.found, IsEmpty());
  EXPECT_TRUE(before.followed);
  edit(trace.events);
  const Findings findings = check(one, trace);
  return findings.found.empty() ? std::vector<std::string>{} : findings.found.front().statements;
}

trace::Event& find(Events& events, const std::string& kind, const std::string& text) {
  for (trace::Event& event : events) {
    if (event.kind == kind && event.members.dump().find(text) != std::string::npos) return event;
  }
  ADD_FAILURE() << "no " << kind << " with " << text;
  return events.front();
}

Edit without(const std::string& text) {
  return [=](Events& events) {
    std::erase_if(events, [&](const trace::Event& event) {
      return event.kind == "log" && event.members.dump().find(text) != std::string::npos;
    });
  };
}

Edit with_value(const std::string& text, const Json& value) {
  return [=](Events& events) { find(events, "log", text).members["entry"]["value"] = value; };
}

constexpr const char* kConnect = R"([{"do":"connect","client":"a"}, {"do":"wait","ms":50}])";

constexpr const char* kMisused = R"({"fetch": [
  {"op":"pair"}, {"op":"send","data":"x"}, {"op":"get","property":"url"},
  {"op":"acceptWebSocket","tags":[{"$":"event","field":"client"},"","t","t"]}, {"op":"accept"},
  {"op":"getTags"}, {"op":"acceptWebSocket"}, {"op":"respond","status":101,"webSocket":"client"}]})";

TEST(SocketProperties, NoticeASendBeforeAcceptingThatDidNotThrow) {
  EXPECT_THAT(broken_by(kMisused, kConnect, without("\"send\"")), Contains("ACC-04"));
}

TEST(SocketProperties, NoticeAHibernatableSocketThatCanBeAccepted) {
  EXPECT_THAT(broken_by(kMisused, kConnect, without("\"op\":\"accept\"")), Contains("ACC-02"));
}

TEST(SocketProperties, NoticeASocketThatCanBeAcceptedTwice) {
  EXPECT_THAT(broken_by(kMisused, kConnect, without("\"op\":\"acceptWebSocket\"")),
              Contains("ACC-05"));
}

TEST(SocketProperties, NoticeTagsThatAreKeptTwice) {
  EXPECT_THAT(
      broken_by(kMisused, kConnect, with_value("getTags", Json::array({"a", "", "t", "t"}))),
      Contains("TAG-05"));
}

TEST(SocketProperties, NoticeAUrlThatAPairHasNot) {
  EXPECT_THAT(broken_by(kMisused, kConnect, with_value("\"get\"", "")), Contains("PAIR-02"));
}

TEST(SocketProperties, NoticeAWrongAcceptKey) {
  EXPECT_THAT(broken_by(kMisused, kConnect,
                        [](Events& events) {
                          find(events, "open", "").members["headers"][2][1] = "no key";
                        }),
              Contains("UPG-06"));
}

TEST(SocketProperties, NoticeAMessageThatOneEndOfAPairNeverGot) {
  constexpr const char* kPair = R"({"fetch": [{"op":"pair"}, {"op":"accept"},
    {"op":"accept","on":"client","name":"far"}, {"op":"send","data":"over"}],
    "message": [], "close": []})";
  EXPECT_THAT(broken_by(kPair, R"([{"do":"request","client":"a"}, {"do":"wait","ms":50}])",
                        without("\"over\"")),
              Contains("PAIR-04"));
}

constexpr const char* kPairThatCloses = R"({"fetch": [{"op":"pair"}, {"op":"accept"},
  {"op":"accept","on":"client","name":"far"}, {"op":"close","args":[4000]}],
  "message": [], "close": [], "error": []})";
constexpr const char* kRequest = R"([{"do":"request","client":"a"}, {"do":"wait","ms":50}])";

TEST(SocketProperties, NoticeALossThatIsToldTwice) {
  EXPECT_THAT(broken_by(kPairThatCloses, kRequest,
                        [](Events& events) {
                          const trace::Event loss = find(events, "log", "connection lost");
                          events.insert(events.end() - 1, loss);
                        }),
              Contains("PAIR-05"));
}

TEST(SocketProperties, NoticeALossThatIsAnotherError) {
  EXPECT_THAT(broken_by(kPairThatCloses, kRequest,
                        [](Events& events) {
                          Json& entry = find(events, "log", "connection lost").members["entry"];
                          entry["error"]["message"] = "no";
                        }),
              Contains("PAIR-05"));
}

TEST(SocketProperties, NoticeALossThatIsToldInsteadOfWhatWasThrown) {
  constexpr const char* kThrows = R"({"fetch": [{"op":"pair"},
    {"op":"listen","event":"close","throws":"at the end"}, {"op":"accept"},
    {"op":"respond","status":101,"webSocket":"client"}], "message": [], "error": []})";
  EXPECT_THAT(broken_by(
                  kThrows,
                  R"([{"do":"connect","client":"a"}, {"do":"send","client":"a","text":"x"},
                            {"do":"wait","ms":50}, {"do":"close","client":"a","code":4001},
                            {"do":"await","client":"a","end":true}])",
                  [](Events& events) {
                    Json& entry = find(events, "log", "at the end").members["entry"];
                    entry["error"]["message"] = "Network connection lost.";
                  },
                  Json::array(), "2026-09-14"),
              Contains("STD-23"));
}

constexpr const char* kEchoBoth = R"({"fetch": [{"op":"upgrade","api":"hibernation"}],
  "message": [{"op":"send","data":{"$":"event","field":"message"}}], "close": [], "error": []})";

TEST(SocketProperties, NoticeABreachThatIsToldWithOtherWords) {
  EXPECT_THAT(broken_by(kEchoBoth,
                        R"([{"do":"connect","client":"a"}, {"do":"wait","ms":50},
                            {"do":"frame","client":"a","opcode":7}, {"do":"wait","ms":50}])",
                        [](Events& events) {
                          find(events, "close", "").members["reason"] = "Unknown opcode 6";
                          find(events, "close", "").members.erase("octets");
                        }),
              Contains("CLE-07"));
}

TEST(SocketProperties, NoticeAMessageThatIsNotCompressed) {
  EXPECT_THAT(
      broken_by(kEchoBoth,
                R"([{"do":"connect","client":"a","extensions":"permessage-deflate"},
                    {"do":"send","client":"a","text":"x"}, {"do":"wait","ms":50}])",
                [](Events& events) { find(events, "text", "\"x\"").members.erase("compressed"); }),
      Contains("EXT-04"));
}

constexpr const char* kDials = R"({"fetch": [{"op":"newWebSocket","remote":"r"},
  {"op":"readyState"}], "open": [{"op":"get","property":"url"}], "message": [], "close": [],
  "error": []})";
constexpr const char* kAnswered = R"([{"do":"request","client":"a"},
  {"do":"answer","client":"r"}, {"do":"wait","ms":50}])";
const Json kRemotes = Json::array({"r"});

TEST(SocketProperties, NoticeASocketThatIsOpenBeforeItsRemoteHasAnswered) {
  EXPECT_THAT(broken_by(kDials, kAnswered, with_value("readyState", 1), kRemotes),
              Contains("OUT-03"));
}

TEST(SocketProperties, NoticeASocketThatNeverTellsThatItIsOpen) {
  const auto closed = [](Events& events) {
    without("\"event\":\"open\"")(events);
    without("\"op\":\"get\"")(events);
  };
  constexpr const char* kAndWaited = R"([{"do":"request","client":"a"},
    {"do":"answer","client":"r"}, {"do":"wait","ms":6000}])";
  EXPECT_THAT(broken_by(kDials, kAndWaited, closed, kRemotes), Contains("OUT-03"));
}

TEST(SocketProperties, NoticeARefusalThatIsNotTold) {
  EXPECT_THAT(broken_by(kDials,
                        R"([{"do":"request","client":"a"},
                            {"do":"answer","client":"r","status":403}, {"do":"wait","ms":50}])",
                        without("\"event\":\"error\""), kRemotes),
              Contains("OUT-05"));
}

}  // namespace
}  // namespace torpor::properties
