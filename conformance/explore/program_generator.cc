#include "conformance/explore/program_generator.h"

#include <utility>

namespace torpor::explore {
namespace {

const Json kEventMessage = {{"$", "event"}, {"field", "message"}};

Json event_field(const char* field) {
  return {{"$", "event"}, {"field", field}};
}

Json repeated(std::int64_t count) {
  return {{"$", "repeat"}, {"text", "a"}, {"count", count}};
}

class ProgramDraw {
 public:
  ProgramDraw(Draw draw, const ProgramOptions& options) : draw_(draw), options_(options) {}

  Json program() {
    Json program = Json::object();
    program["constructor"] = constructor();
    program["fetch"] = {{"ws", upgrade("hibernation")},
                        {"std", upgrade("standard")},
                        {"*", Json::array({{{"op", "respond"}, {"body", "ok"}}})}};
    Json message = Json::object();
    message[kCloseMessage] = Json::array({close(false)});
    if (options_.aborts) message[kAbortMessage] = abort();
    if (options_.throws) message[kThrowMessage] = throws();
    message[kBroadcastMessage] = broadcast();
    message["*"] = handler(true);
    program["message"] = std::move(message);
    program["close"] = closing();
    program["error"] = draw_.percent(30) ? Json::array({op("getWebSockets")}) : Json::array();
    program["alarm"] = alarm();
    return program;
  }

 private:
  static Json op(const char* name) { return {{"op", name}}; }

  std::string marker() { return "~" + std::to_string(++markers_); }
  std::string literal() { return "srv" + std::to_string(++literals_); }
  std::string key() { return draw_.one_of({"k1", "k2", "k3"}); }

  Json value() {
    switch (draw_.weighted({4, 2, 2, 2, 1})) {
      case 0:
        return literal();
      case 1:
        return draw_.between(-5, 1000);
      case 2:
        return {{"n", draw_.between(0, 9)}, {"list", Json::array({1, "x", nullptr, true})}};
      case 3:
        return {{"$", "arraybuffer"}, {"hex", "00ff10"}};
      default:
        return repeated(draw_.between(65, 300));
    }
  }

  Json constructor() {
    Json ops = Json::array();
    if (options_.reads_storage) {
      for (const char* stored : {"k1", "k2", "k3"})
        ops.push_back({{"op", "kvGet"}, {"key", stored}});
    }
    for (std::uint64_t left = draw_.below(3); left > 0; --left) {
      switch (draw_.weighted({3, 2, 2, 2, 1, 1, 1})) {
        case 0:
          ops.push_back(op("getWebSockets"));
          break;
        case 1:
          ops.push_back(op("getAutoResponse"));
          break;
        case 2:
          ops.push_back({{"op", "kvGet"}, {"key", key()}});
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
                                              Json{{"op", "log"}, {"value", marker()}}})}});
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
    for (std::uint64_t left = draw_.below(4); left > 0; --left) {
      switch (draw_.weighted({3, 3, 2, 2, 1, 1})) {
        case 0:
          ops.push_back({{"op", "send"}, {"data", literal()}});
          break;
        case 1:
          ops.push_back(serialize());
          break;
        case 2:
          ops.push_back(set_auto_response());
          break;
        case 3:
          ops.push_back({{"op", "kvPut"}, {"key", key()}, {"value", value()}});
          break;
        case 4:
          ops.push_back(set_alarm());
          break;
        default:
          ops.push_back(op("getWebSockets"));
      }
    }
    return ops;
  }

  // Where one thing comes after the other it goes off before the next step.
  Json set_alarm() {
    const std::int64_t ms = draw_.between(5, 3000);
    return {{"op", "setAlarm"}, {"ms", options_.sequential ? 15 : ms}};
  }

  Json serialize() {
    Json serialized = {{"op", "serializeAttachment"}, {"value", value()}};
    if (draw_.percent(20)) serialized["value"] = repeated(16'378 + draw_.between(0, 2));
    return serialized;
  }

  Json set_auto_response() {
    if (draw_.percent(15)) return op("setAutoResponse");
    const std::size_t which = draw_.below(2);
    Json pair = {{"op", "setAutoResponse"},
                 {"request", kAutoRequests[which]},
                 {"response", "auto!" + literal()}};
    if (draw_.percent(6))
      pair["response"] = {{"$", "repeat"}, {"text", "auto!"}, {"count", 410}};  // too long
    return pair;
  }

  Json close(bool echo) {
    if (echo)
      return {{"op", "close"}, {"args", Json::array({event_field("code"), event_field("reason")})}};
    switch (draw_.weighted({2, 4, 2, 1, 1})) {
      case 0:
        return op("close");
      case 1:
        return {{"op", "close"}, {"args", Json::array({draw_.between(3000, 4999), literal()})}};
      case 2:
        return {
            {"op", "close"},
            {"args", Json::array({draw_.one_of<std::int64_t>({1000, 1001, 1003, 1008, 1014})})}};
      case 3:  // a code that is refused
        return {{"op", "close"},
                {"args",
                 Json::array({draw_.one_of<std::int64_t>({999, 1004, 1005, 1006, 1015, 5000})})}};
      default:
        return {{"op", "close"}, {"args", Json::array({4000, repeated(draw_.between(122, 124))})}};
    }
  }

  Json abort() {
    Json ops = Json::array();
    if (draw_.percent(50)) ops.push_back({{"op", "send"}, {"data", "lost with its turn"}});
    if (draw_.percent(50)) ops.push_back({{"op", "kvPut"}, {"key", "k1"}, {"value", "lost"}});
    ops.push_back({{"op", "abort"}, {"reason", "explored"}});
    return ops;
  }

  Json throws() {
    Json ops = Json::array();
    if (draw_.percent(50)) ops.push_back({{"op", "kvPut"}, {"key", "k2"}, {"value", "kept"}});
    if (draw_.percent(30)) ops.push_back({{"op", "send"}, {"data", literal()}});
    ops.push_back({{"op", "throw"}, {"message", "explored"}});
    return ops;
  }

  Json broadcast() {
    Json ops = Json::array();
    const std::string on = draw_.one_of<const char*>({"all", "tag:room", "tag:t1"});
    ops.push_back({{"op", "send"}, {"on", on}, {"data", literal()}});
    if (draw_.percent(30)) ops.push_back({{"op", "deserializeAttachment"}, {"on", "all"}});
    return ops;
  }

  Json closing() {
    Json ops = Json::array();
    if (draw_.percent(40)) ops.push_back(op("deserializeAttachment"));
    if (draw_.percent(40)) ops.push_back(op("getWebSockets"));
    if (draw_.percent(25)) ops.push_back({{"op", "send"}, {"data", literal()}});
    if (draw_.percent(20) && !options_.sequential) {
      ops.push_back({{"op", "sleep"}, {"ms", draw_.between(0, 40)}});
      ops.push_back({{"op", "log"}, {"value", marker()}});
    }
    switch (draw_.weighted({2, 3, 2})) {
      case 0:
        break;
      case 1:
        ops.push_back(close(true));
        break;
      default:
        ops.push_back(close(false));
    }
    return ops;
  }

  Json alarm() {
    Json ops = Json::array();
    if (draw_.percent(60)) ops.push_back({{"op", "send"}, {"on", "all"}, {"data", literal()}});
    if (draw_.percent(40)) ops.push_back(op("getAlarm"));
    if (draw_.percent(40)) ops.push_back({{"op", "kvGet"}, {"key", key()}});
    if (draw_.percent(30)) ops.push_back(op("getWebSockets"));
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
    const std::uint32_t waits = may_wait && !options_.sequential ? 1 : 0;
    switch (draw_.weighted({4, 4, 3, 3, 6, 2 * waits, 2 * waits, waits, waits, 2})) {
      case 0:
        return add_sending(ops);
      case 1:
        return add_attachment(ops);
      case 2:
        return add_listing(ops);
      case 3:
        return add_settings(ops);
      case 4:
        return add_storage(ops);
      case 5:
        ops.push_back({{"op", "sleep"}, {"ms", draw_.between(0, 60)}});
        ops.push_back({{"op", "log"}, {"value", marker()}});
        return;
      case 6:
        ops.push_back({{"op", "setTimeout"}, {"ms", draw_.between(0, 200)}, {"ops", later()}});
        return;
      case 7:
        ops.push_back({{"op", "waitUntil"}, {"ops", waiting()}});
        return;
      case 8:
        ops.push_back({{"op", "blockConcurrencyWhile"}, {"ops", waiting()}});
        return;
      default:
        return add_alarm(ops);
    }
  }

  Json later() {
    Json ops = Json::array({Json{{"op", "log"}, {"value", marker()}}});
    for (const Json& one : handler(false)) ops.push_back(one);
    return ops;
  }

  Json waiting() {
    Json ops = Json::array({Json{{"op", "sleep"}, {"ms", draw_.between(0, 40)}},
                            Json{{"op", "log"}, {"value", marker()}}});
    if (draw_.percent(50)) ops.push_back({{"op", "send"}, {"data", literal()}});
    return ops;
  }

  void add_sending(Json& ops) {
    switch (draw_.weighted({3, 3, 2, 1})) {
      case 0:
        ops.push_back({{"op", "send"}, {"data", literal()}});
        return;
      case 1:
        ops.push_back({{"op", "send"}, {"on", "all"}, {"data", literal()}});
        return;
      case 2:
        ops.push_back({{"op", "send"}, {"on", "tag:room"}, {"data", kEventMessage}});
        return;
      default:
        ops.push_back({{"op", "send"}, {"data", {{"$", "arraybuffer"}, {"hex", "0a0b"}}}});
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

  void add_settings(Json& ops) {
    switch (draw_.weighted({3, 2, 3, 1, 1, 1, 1})) {
      case 0:
        ops.push_back(set_auto_response());
        return;
      case 1:
        ops.push_back(op("getAutoResponse"));
        return;
      case 2:
        ops.push_back(op("getAutoResponseTimestamp"));
        return;
      case 3:
        ops.push_back({{"op", "setEventTimeout"},
                       {"args", Json::array({draw_.one_of<std::int64_t>(
                                    {0, 60'000, 604'800'000, 604'800'001, -1})})}});
        return;
      case 4:
        ops.push_back(op("getEventTimeout"));
        return;
      case 5:
        ops.push_back({{"op", "remember"}, {"key", "m"}, {"value", value()}});
        return;
      default:
        ops.push_back({{"op", "recall"}, {"key", "m"}});
    }
  }

  void add_storage(Json& ops) {
    switch (draw_.weighted({4, 4, 2, 2, 1, 2, 1, 2, 1})) {
      case 0:
        ops.push_back({{"op", "storagePut"}, {"key", key()}, {"value", value()}});
        return;
      case 1:
        ops.push_back({{"op", "storageGet"}, {"key", key()}});
        return;
      case 2:
        ops.push_back({{"op", "kvPut"}, {"key", key()}, {"value", value()}});
        return;
      case 3:
        ops.push_back({{"op", "kvGet"}, {"key", key()}});
        return;
      case 4:
        ops.push_back({{"op", "storageDelete"}, {"key", key()}});
        return;
      case 5:
        ops.push_back(op("storageList"));
        return;
      case 6:
        ops.push_back(op("storageDeleteAll"));
        return;
      case 7:
        return transaction(ops);
      default:
        ops.push_back({{"op", "kvDelete"}, {"key", key()}});
    }
  }

  void transaction(Json& ops) {
    Json inner = Json::array({Json{{"op", "kvPut"}, {"key", key()}, {"value", value()}}});
    if (draw_.percent(40)) inner.push_back({{"op", "kvGet"}, {"key", key()}});
    if (draw_.percent(50)) inner.push_back({{"op", "throw"}, {"message", "undo"}});
    ops.push_back({{"op", "transactionSync"}, {"ops", std::move(inner)}});
  }

  void add_alarm(Json& ops) {
    switch (draw_.weighted({3, 2, 1})) {
      case 0:
        ops.push_back(set_alarm());
        return;
      case 1:
        ops.push_back(op("getAlarm"));
        return;
      default:
        ops.push_back(op("deleteAlarm"));
    }
  }

  Draw draw_;
  ProgramOptions options_;
  std::size_t markers_ = 0;
  std::size_t literals_ = 0;
};

}  // namespace

Json generate_program(Draw draw, const ProgramOptions& options) {
  return ProgramDraw(draw, options).program();
}

}  // namespace torpor::explore
