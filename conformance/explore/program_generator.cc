#include "conformance/explore/program_generator.h"

#include <utility>

#include "conformance/explore/focus_ops.h"
#include "conformance/explore/ops_draw.h"
#include "conformance/explore/storage_ops.h"
#include "conformance/explore/waiting_ops.h"

namespace torpor::explore {
namespace {

const Json kEventMessage = {{"$", "event"}, {"field", "message"}};

constexpr std::int64_t kRecentMs = 5'000;

class ProgramDraw {
 public:
  ProgramDraw(Draw draw, const ProgramOptions& options)
      : ops_{draw, options}, draw_(ops_), options_(ops_.options) {}

  Json program() {
    Json program = Json::object();
    program["constructor"] = constructor();
    program["fetch"] = {{"ws", upgrade("hibernation")},
                        {"std", upgrade("standard")},
                        {"slow", slow_request(ops_)},
                        {"*", Json::array({{{"op", "respond"}, {"body", "ok"}}})}};
    if (options_.sequential) program["fetch"].erase("slow");
    Json message = Json::object();
    message[kCloseMessage] = Json::array({close(false)});
    if (options_.aborts) message[kAbortMessage] = abort();
    if (options_.throws) message[kThrowMessage] = throws();
    if (options_.throws) message[kBlockMessage] = failing_block(ops_);
    message[kEndlessMessage] = endless(ops_);
    message[kAlarmMessage] = Json::array({Json{{"op", "setAlarm"}, {"ms", 15}}});
    message[kTimeMessage] =
        Json::array({Json{{"op", "getAutoResponseTimestamp"}, {"withinMs", kRecentMs}}});
    message[kTableMessage] = Json::array({sql("CREATE TABLE IF NOT EXISTS u(v)")});
    message[kBroadcastMessage] = broadcast();
    message[kFocusMessage] = focused(ops_);
    message["*"] = handler(true);
    program["message"] = std::move(message);
    program["close"] = closing();
    program["error"] = draw_.percent(30) ? Json::array({op("getWebSockets")}) : Json::array();
    program["alarm"] = alarm_handler(ops_);
    drop_handler(program);
    if (draw_.percent(10)) program["open"] = Json::array();
    return program;
  }

 private:
  // A class without one of them (MSG-11, CLE-13, ALARM-06).
  void drop_handler(Json& program) {
    if (draw_.percent(93)) return;
    program.erase(draw_.one_of<const char*>({"message", "close", "error", "alarm"}));
  }

  Json constructor() {
    Json ops = Json::array();
    // Throws at the second waking (HIB-15), until deleteAll().
    if (options_.throws && !options_.sequential && draw_.percent(8)) {
      ops.push_back(sql("CREATE TABLE once(v)"));
      ops.back()["uncaught"] = true;
    }
    if (options_.reads_storage) {
      for (const char* stored : {"k1", "k2", "k3"})
        ops.push_back({{"op", "kvGet"}, {"key", stored}});
    }
    if (draw_.percent(30)) ops.push_back(op("getEventTimeout"));
    for (std::uint64_t left = draw_.below(3); left > 0; --left) {
      switch (draw_.weighted({3, 2, 2, 2, 1, 1, 1})) {
        case 0:
          ops.push_back(op("getWebSockets"));
          break;
        case 1:
          ops.push_back(op("getAutoResponse"));
          break;
        case 2:
          ops.push_back({{"op", "kvGet"}, {"key", ops_.key()}});
          break;
        case 3:
          ops.push_back(op("getEventTimeout"));
          break;
        case 4:
          ops.push_back(set_auto_response());
          break;
        case 5:
          ops.push_back({{"op", "recall"}, {"key", "m"}});
          break;
        default:
          ops.push_back({{"op", "blockConcurrencyWhile"},
                         {"ops", Json::array({Json{{"op", "sleep"}, {"ms", draw_.between(0, 30)}},
                                              Json{{"op", "log"}, {"value", ops_.marker()}}})}});
      }
    }
    return ops;
  }

  Json upgrade(const char* api) {
    Json ops = Json::array();
    Json accept = {{"op", "upgrade"}, {"api", api}};
    const bool hibernation = std::string(api) == "hibernation";
    if (hibernation && draw_.percent(70)) {
      Json tags = Json::array({event_field("client")});
      if (draw_.percent(60)) tags.push_back("room");
      for (std::uint64_t i = draw_.percent(10) ? draw_.between(7, 9) : draw_.below(3); i > 0; --i)
        tags.push_back("t" + std::to_string(i));
      if (draw_.percent(8))
        tags.push_back(repeated(draw_.between(255, options_.sequential ? 256 : 257)));
      accept["tags"] = std::move(tags);
    }
    ops.push_back(std::move(accept));
    if (!hibernation) return ops;
    if (draw_.percent(30)) ops.push_back(set_auto_response());
    if (draw_.percent(8)) ops.push_back(set_event_timeout());
    for (std::uint64_t left = draw_.below(4); left > 0; --left) {
      switch (draw_.weighted({3, 3, 2, 2, 1, 1})) {
        case 0:
          ops.push_back({{"op", "send"}, {"data", ops_.literal()}});
          break;
        case 1:
          ops.push_back(serialize());
          break;
        case 2:
          ops.push_back(set_auto_response());
          break;
        case 3:
          ops.push_back({{"op", "kvPut"}, {"key", ops_.key()}, {"value", ops_.value()}});
          break;
        case 4:
          ops.push_back(set_alarm(ops_));
          break;
        default:
          ops.push_back(op("getWebSockets"));
      }
    }
    return ops;
  }

  Json serialize() {
    Json serialized = {{"op", "serializeAttachment"}, {"value", ops_.value()}};
    if (draw_.percent(20)) serialized["value"] = repeated(16'378 + draw_.between(0, 2));
    return serialized;
  }

  Json set_auto_response() {
    if (draw_.percent(15)) return op("setAutoResponse");
    const std::size_t which = draw_.percent(65) ? 0 : 1;
    std::string response = "auto!" + ops_.literal();
    // One too long is refused, and changes nothing (AUTO-04).
    if (draw_.percent(12)) response.resize(2'047 + draw_.below(3), 'x');
    return {{"op", "setAutoResponse"}, {"request", kAutoRequests[which]}, {"response", response}};
  }

  Json close(bool echo) {
    if (echo)
      return {{"op", "close"}, {"args", Json::array({event_field("code"), event_field("reason")})}};
    switch (draw_.weighted({4, 8, 4, 2, 3, 1})) {
      case 0:
        return op("close");
      case 5:
        return {{"op", "close"}, {"args", Json::array({{{"$", "undefined"}}, "why"})}};
      case 1:
        return {{"op", "close"},
                {"args", Json::array({draw_.between(3000, 4999), ops_.literal()})}};
      case 2:
        return {
            {"op", "close"},
            {"args", Json::array({draw_.one_of<std::int64_t>({1000, 1001, 1003, 1008, 1014})})}};
      case 3:  // a code that is refused
        return {{"op", "close"},
                {"args",
                 Json::array({draw_.one_of<std::int64_t>({999, 1004, 1005, 1006, 1015, 5000})})}};
      default:
        return {{"op", "close"}, {"args", Json::array({4000, repeated(draw_.between(123, 124))})}};
    }
  }

  Json abort() {
    Json ops = Json::array();
    if (draw_.percent(50)) ops.push_back({{"op", "send"}, {"data", "lost with its turn"}});
    if (draw_.percent(50)) ops.push_back({{"op", "kvPut"}, {"key", "k1"}, {"value", "lost"}});
    if (draw_.percent(30)) ops.push_back(set_alarm(ops_));
    ops.push_back({{"op", "abort"}, {"reason", "explored"}});
    return ops;
  }

  Json throws() {
    Json ops = Json::array();
    if (draw_.percent(50)) ops.push_back({{"op", "kvPut"}, {"key", "k2"}, {"value", "kept"}});
    if (draw_.percent(30)) ops.push_back({{"op", "send"}, {"data", ops_.literal()}});
    ops.push_back({{"op", "throw"}, {"message", "explored"}});
    return ops;
  }

  Json broadcast() {
    Json ops = Json::array();
    const std::string on = draw_.one_of<const char*>({"all", "tag:room", "tag:t1"});
    ops.push_back({{"op", "send"}, {"on", on}, {"data", ops_.literal()}});
    if (draw_.percent(30)) ops.push_back({{"op", "deserializeAttachment"}, {"on", "all"}});
    return ops;
  }

  Json closing() {
    Json ops = Json::array();
    if (draw_.percent(40)) ops.push_back(op("deserializeAttachment"));
    if (draw_.percent(40)) ops.push_back(op("getWebSockets"));
    if (draw_.percent(25)) ops.push_back({{"op", "send"}, {"data", ops_.literal()}});
    if (draw_.percent(20) && !options_.sequential) add_sleep(ops_, ops, 40);
    switch (draw_.weighted({2, 3, 2})) {
      case 0:
        break;
      case 1:
        ops.push_back(close(true));
        break;
      default:
        ops.push_back(close(false));
    }
    if (draw_.percent(25)) ops.push_back(op("readyState"));
    if (options_.throws && draw_.percent(20))
      ops.push_back({{"op", "throw"}, {"message", "explored"}});
    return ops;
  }

  // What a message does. Nested lists may wait only where nothing else is waited for.
  Json handler(bool may_wait) {
    Json ops = Json::array();
    if (draw_.percent(75)) ops.push_back({{"op", "send"}, {"data", kEventMessage}});
    for (std::uint64_t left = draw_.below(may_wait ? 6 : 3); left > 0; --left) add(ops, may_wait);
    return ops;
  }

  void add(Json& ops, bool may_wait) {
    const std::uint32_t waits = may_wait && !options_.sequential ? 7 : 0;
    switch (draw_.weighted({4, 4, 3, 3, 6, waits, 2})) {
      case 0:
        return add_sending(ops);
      case 1:
        return add_attachment(ops);
      case 2:
        return add_listing(ops);
      case 3:
        return add_settings(ops);
      case 4:
        return add_storage(ops_, ops);
      case 5:
        return add_waiting(ops_, ops, handler(false));
      default:
        return add_alarm(ops_, ops);
    }
  }

  // Of a longer buffer: only its window is sent.
  static Json view() {
    return {{"$", "typedarray"},
            {"type", "Uint8Array"},
            {"buffer", {{"$", "arraybuffer"}, {"hex", "0a0b0c0d"}}},
            {"offset", 1},
            {"length", 2}};
  }

  void add_sending(Json& ops) {
    switch (draw_.weighted({3, 3, 2, 1})) {
      case 0:
        ops.push_back({{"op", "send"}, {"data", ops_.literal()}});
        return;
      case 1:
        ops.push_back({{"op", "send"}, {"on", "all"}, {"data", ops_.literal()}});
        return;
      case 2:
        ops.push_back({{"op", "send"}, {"on", "tag:room"}, {"data", kEventMessage}});
        return;
      default:
        ops.push_back({{"op", "send"}, {"data", {{"$", "arraybuffer"}, {"hex", "0a0b"}}}});
        if (draw_.percent(50)) ops.back()["data"] = view();
    }
  }

  void add_attachment(Json& ops) {
    switch (draw_.weighted({4, 4, 1})) {
      case 0: {
        ops.push_back(serialize());
        if (draw_.percent(30)) ops.back()["value"] = kEventMessage;
        return;
      }
      case 1:
        ops.push_back(op("deserializeAttachment"));
        return;
      default:
        ops.push_back({{"op", "deserializeAttachment"}, {"on", "all"}});
    }
  }

  void add_listing(Json& ops) {
    switch (draw_.weighted({3, 2, 2, 1, 1, 1})) {
      case 0:
        ops.push_back(op("getWebSockets"));
        return;
      case 1:
        ops.push_back(
            {{"op", "getWebSockets"}, {"tag", draw_.one_of<const char*>({"room", "t1", "no"})}});
        return;
      case 2:
        ops.push_back(op("getTags"));
        return;
      case 3:
        ops.push_back(op("countWebSockets"));
        return;
      case 4:
        ops.push_back(op("sameSocket"));
        return;
      default:
        ops.push_back({{"op", "getTags"}, {"on", "all"}});
    }
  }

  // A short one ends the handlers that wait (TO-03).
  Json set_event_timeout() {
    std::int64_t ms = draw_.one_of<std::int64_t>({0, 60'000, 604'800'000, 604'800'001, -1});
    if (!options_.sequential && draw_.percent(50)) ms = draw_.between(5, 50);
    return {{"op", "setEventTimeout"}, {"args", Json::array({ms})}};
  }

  void add_settings(Json& ops) {
    switch (draw_.weighted({3, 2, 3, 1, 1, 1, 1})) {
      case 0:
        ops.push_back(set_auto_response());
        if (draw_.percent(40)) ops.push_back(op("getAutoResponse"));
        return;
      case 1:
        ops.push_back(op("getAutoResponse"));
        return;
      case 2:
        ops.push_back(op("getAutoResponseTimestamp"));
        if (draw_.percent(50)) ops.back()["withinMs"] = kRecentMs;
        return;
      case 3:
        ops.push_back(set_event_timeout());
        if (draw_.percent(40)) ops.push_back(op("getEventTimeout"));
        return;
      case 4:
        ops.push_back(op("getEventTimeout"));
        return;
      case 5:
        ops.push_back({{"op", "remember"}, {"key", "m"}, {"value", ops_.value()}});
        return;
      default:
        ops.push_back({{"op", "recall"}, {"key", "m"}});
    }
  }

  OpsDraw ops_;
  Draw& draw_;
  const ProgramOptions& options_;
};

}  // namespace

Json generate_program(Draw draw, const ProgramOptions& options) {
  return ProgramDraw(draw, options).program();
}

}  // namespace torpor::explore
