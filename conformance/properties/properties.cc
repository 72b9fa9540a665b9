#include "conformance/properties/properties.h"

#include <algorithm>
#include <map>
#include <variant>

#include "conformance/properties/clients.h"
#include "conformance/properties/follower.h"
#include "conformance/properties/handshakes.h"
#include "conformance/properties/history.h"
#include "core/trace/octets.h"

namespace torpor::properties {
namespace {

constexpr const char* kHibernation = "hibernation-is-invisible";

// What a client got, without times and without the end, which hibernation may bring (ACL-05).
std::vector<std::string> frames_of(const Client& client, const trace::Trace& trace) {
  std::vector<std::string> frames;
  for (const Got& got : client.got) {
    const trace::Event& event = trace.events[got.event];
    frames.push_back(event.kind + " " +
                     event.members.dump(-1, ' ', false, Json::error_handler_t::replace));
  }
  return frames;
}

// The log of what events did: without constructors and what they logged, without instances.
std::vector<Json> log_of(const History& history) {
  std::vector<Json> log;
  bool in_constructor = false;
  for (const Json* entry : history.log) {
    if (entry->contains("event")) in_constructor = (*entry)["event"] == "constructor";
    if (in_constructor) continue;
    Json kept = *entry;
    kept.erase("instance");
    kept.erase("seq");
    log.push_back(std::move(kept));
  }
  return log;
}

bool mentions(const Json& program, const char* op) {
  return program.dump().find(std::string("\"op\":\"") + op + "\"") != std::string::npos;
}

// A socket that was accepted and not returned hears its end from the eviction (UPG-15), one whose
// other end a worker keeps from that (OUT-11).
bool leaves_sockets(const scenario::Case& scenario_case) {
  const Json& program = scenario_case.program;
  const Json fetch = program.value("fetch", Json()),
             worker = program.value("worker", Json::object());
  if (!fetch.is_object()) return false;
  const auto returns = [](const Json& op) {
    return op.value("op", "") == "respond" && op.value("webSocket", "") == "client";
  };
  return std::any_of(
      scenario_case.steps.begin(), scenario_case.steps.end(), [&](const scenario::Step& step) {
        const auto* connect = std::get_if<scenario::step::Connect>(&step.action);
        if (connect == nullptr) return false;
        if (worker.contains(connect->segment))
          return !mentions(worker[connect->segment], "respond");
        const Json ops = fetch.value(connect->segment, Json::array());
        return mentions(ops, "pair") && std::none_of(ops.begin(), ops.end(), returns);
      });
}

// ALARM-03: one that fails too often is given up.
bool alarms_may_fail(const Json& program) {
  return mentions(program, "throw") || mentions(program, "abort") ||
         program.dump().find("\"uncaught\":true") != std::string::npos;
}

void alarm_went_off(const History& history, const Followed& followed, Findings& findings) {
  constexpr Duration kSurelyDue = milliseconds(30'000);
  // A late one may still be pending at the end, and one that each alarm sets anew.
  const bool goes_on = mentions(history.scenario_case.program.value("alarm", Json()), "setAlarm");
  const bool quiet = history.last_wait >= kSurelyDue && history.alarms_late == Duration{} &&
                     !history.writes_fail && !history.writes_late && followed.to_the_end &&
                     !alarms_may_fail(history.scenario_case.program);
  if (!quiet || goes_on || !mentions(history.scenario_case.program, "setAlarm")) return;
  findings.exercised.insert("ALARM-01");
  if (!followed.alarm_pending) return;
  findings.found.push_back({.property = "alarms/lost",
                            .statements = {"ALARM-01", "DEPLOY-07", "HIB-10"},
                            .message = "an alarm that was set never went off",
                            .expected = {{"event", "alarm"}},
                            .got = nullptr,
                            .lane = "object",
                            .event = {}});
}

// What has held the object is counted, all the time.
void check_usage(const History& history, const Followed& followed, Findings& findings) {
  if (!history.usage.is_object() || followed.blocked_for == Duration{}) return;
  findings.exercised.insert("BILL-04");
  const Json::json_pointer held("/durationUs/heldBy/blockConcurrencyWhile");
  const bool there = history.usage.contains(held) && history.usage.at(held).is_number_integer();
  const std::int64_t counted = there ? history.usage.at(held).get<std::int64_t>() : 0;
  if (counted >= followed.blocked_for.count()) return;
  findings.found.push_back({.property = "usage/held",
                            .statements = {"BILL-04", "HIB-06"},
                            .message = "blockConcurrencyWhile() has held the object for longer "
                                       "than is counted",
                            .expected = followed.blocked_for.count(),
                            .got = counted,
                            .lane = "object",
                            .event = {}});
}

}  // namespace

const std::vector<Property>& all_properties() {
  static const std::vector<Property> all = {
      {"the-log-follows-the-program",
       "given the order of events, every entry of the log, every list, tag, attachment, value and "
       "exception is what the program and the rules make of it"},
      {"clients",
       "what the object sent comes in order and once, what a client sent is handled in order and "
       "once, and no connection ends, or goes on, without a reason"},
      {"alarms", "an alarm that was set goes off, whatever happens to the object"},
      {"usage", "what holds the object in memory is counted for as long as it does"},
      {kHibernation, "an eviction wherever one is possible changes nothing that can be seen"},
  };
  return all;
}

bool can_judge(const trace::Trace& trace) {
  if (trace.header.target_name == "sim") return true;
  return std::none_of(trace.events.begin(), trace.events.end(), [](const trace::Event& event) {
    const std::string call = trace::text_member(event.members, "call");
    return call == "deploy" || call == "crash";
  });
}

Findings check(const scenario::Case& scenario_case, const trace::Trace& trace) {
  Findings findings;
  const History history = history_of(scenario_case, trace);
  const Followed followed = follow(history, findings);
  findings.followed = followed.to_the_end;
  check_handshakes(history, followed, findings);
  check_clients(history, followed, findings);
  alarm_went_off(history, followed, findings);
  check_usage(history, followed, findings);
  return findings;
}

bool hibernation_is_invisible(const scenario::Case& scenario_case) {
  const Json& program = scenario_case.program;
  for (const char* op : {"remember", "recall", "setTimeout", "setInterval", "setBinaryType"}) {
    if (mentions(program, op)) return false;
  }
  // What comes just then comes before it or after.
  if (std::any_of(scenario_case.steps.begin(), scenario_case.steps.end(),
                  [](const scenario::Step& step) {
                    const auto* evict = std::get_if<scenario::step::Evict>(&step.action);
                    return evict != nullptr && evict->closes;
                  }))
    return false;
  // OUT-16: when the error that follows comes is open.
  if (!scenario_case.remotes.empty()) return false;
  // A Close that nobody has answered is forgotten by the second hibernation (HIB-18).
  if (program.contains("message") && mentions(program["message"], "close")) return false;
  if (program.contains("alarm") && mentions(program["alarm"], "close")) return false;
  if (mentions(program.value("fetch", Json()), "close")) return false;
  if (leaves_sockets(scenario_case)) return false;
  const Json constructor = program.value("constructor", Json::array());
  // While it waits, the events of other sockets overtake what is yet to be read of one.
  if (mentions(constructor, "sleep")) return false;
  for (const char* op : {"send", "close", "sql", "storagePut", "kvPut", "serializeAttachment",
                         "setAlarm", "setAutoResponse", "setEventTimeout", "throw", "abort"}) {
    if (mentions(constructor, op)) return false;
  }
  return true;
}

Findings check_hibernation(const scenario::Case& scenario_case, const trace::Trace& awake,
                           const trace::Trace& evicted) {
  Findings findings;
  const History before = history_of(scenario_case, awake);
  const History after = history_of(scenario_case, evicted);
  findings.exercised.insert({"HIB-26", "HIB-10"});
  const auto found = [&](const std::string& lane, std::string message, Json expected, Json got) {
    findings.found.push_back({.property = kHibernation,
                              .statements = {"HIB-26", "HIB-10"},
                              .message = std::move(message),
                              .expected = std::move(expected),
                              .got = std::move(got),
                              .lane = lane,
                              .event = {}});
  };
  const std::vector<Json> expected = log_of(before), got = log_of(after);
  for (std::size_t i = 0; i < std::max(expected.size(), got.size()); ++i) {
    const Json a = i < expected.size() ? expected[i] : Json();
    const Json b = i < got.size() ? got[i] : Json();
    if (a == b) continue;
    found("object", "the log is another one when the object hibernates wherever it can", a, b);
    return findings;
  }
  for (const auto& [name, client] : before.clients) {
    const auto other = after.clients.find(name);
    if (other == after.clients.end()) continue;
    const auto a = frames_of(client, awake), b = frames_of(other->second, evicted);
    if (a == b) continue;
    const auto [x, y] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
    found(name, "a client sees something else when the object hibernates wherever it can",
          x == a.end() ? Json() : Json(*x), y == b.end() ? Json() : Json(*y));
    return findings;
  }
  return findings;
}

}  // namespace torpor::properties
