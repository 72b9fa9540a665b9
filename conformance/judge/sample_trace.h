// For the judge's tests: cases from a few lines of JSON, traces from a few calls.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "conformance/scenario/loader.h"
#include "core/trace/octets.h"
#include "core/trace/trace.h"
#include "core/websocket/close.h"
#include "core/websocket/frame.h"

namespace torpor::judge {

inline statements::Registry sample_registry() {
  statements::Registry registry;
  const auto problems = registry.add_text(R"([
    {"id": "MUST", "text": "t", "level": "must", "sources": [{"source": "rfc6455"}]},
    {"id": "SEEN", "text": "t", "level": "observed", "sources": [{"source": "workerd"}]},
    {"id": "SHOULD", "text": "t", "level": "should", "sources": [{"source": "docs"}]},
    {"id": "MAY", "text": "t", "level": "may", "sources": [{"source": "docs"}]}])",
                                          "statements.json");
  EXPECT_TRUE(problems.empty());
  return registry;
}

// Two clients, a and b, connect; `expect` is the JSON of that member, `more` further members of the
// scenario.
inline std::vector<scenario::Case> sample_cases(const std::string& expect,
                                                const std::string& more = "") {
  const std::string text =
      R"({"id": "c", "title": "t", "statements": ["MUST", "SEEN", "SHOULD", "MAY"], )" + more +
      R"("program": {}, "steps": [{"do": "connect", "client": "a"},
      {"do": "connect", "client": "b"}], "expect": )" +
      expect + "}";
  auto loaded = scenario::load_scenario_text(text, "c.json", sample_registry());
  for (const auto& problem : loaded.problems) ADD_FAILURE() << problem.to_string();
  return loaded.cases;
}

inline scenario::Case sample_case(const std::string& expect) {
  return sample_cases(expect).at(0);
}

// Each call adds one event, `ms` after the one before it.
class SampleTrace {
 public:
  SampleTrace& add(const std::string& actor, const std::string& kind, Json members = Json::object(),
                   int ms = 1) {
    now_ += milliseconds(ms);
    trace_.events.push_back({now_, actor, kind, std::move(members)});
    return *this;
  }
  SampleTrace& steps(std::size_t count = 2) {
    for (std::size_t i = 0; i < count; ++i) add("harness", "step", Json{{"index", i}});
    return *this;
  }
  SampleTrace& open(const std::string& client = "a") {
    add("client:" + client, "connect");
    sent("GET / HTTP/1.1\r\n\r\n", client);
    Json headers = Json::array();
    headers.push_back(Json::array({"Upgrade", "websocket"}));
    headers.push_back(Json::array({"Sec-WebSocket-Accept", "key " + client}));
    return add("client:" + client, "open",
               Json{{"status", 101}, {"headers", headers}, {"octets", "00"}});
  }
  SampleTrace& text(const std::string& text, int ms = 1) {
    return add("client:a", "text", Json{{"text", text}}, ms);
  }
  SampleTrace& close(const websocket::ClosePayload& close) {
    const std::string payload = websocket::encode_close(close);
    return add("client:a", "close", Json{{"octets", trace::octets_to_json(payload)}});
  }
  SampleTrace& end(const std::string& how = "fin") {
    return add("client:a", "end", Json{{"how", how}});
  }
  SampleTrace& sent(const std::string& octets, const std::string& client = "a") {
    return add("client:" + client, "sent", Json{{"octets", trace::octets_to_json(octets)}});
  }
  SampleTrace& sent_close(const websocket::ClosePayload& close) {
    return sent(websocket::make_frame(websocket::Opcode::kClose, websocket::encode_close(close),
                                      {.mask_key = 0x01020304}));
  }
  SampleTrace& log(const std::string& entry) {
    return add("object", "log", Json{{"entry", Json::parse(entry)}});
  }

  operator const trace::Trace&() const { return trace_; }  // NOLINT: it is a trace

 private:
  trace::Trace trace_;
  Time now_;
};

}  // namespace torpor::judge
