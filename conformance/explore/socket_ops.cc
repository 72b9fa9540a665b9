#include "conformance/explore/socket_ops.h"

#include <string>
#include <utility>

namespace torpor::explore {
namespace {

constexpr int kPairMessages = 4;

class SocketDraw {
 public:
  explicit SocketDraw(Draw draw) : draw_(draw) {}

  void add_to(Json& program) {
    Json& fetch = program["fetch"];
    fetch[kApartSegment] = apart(true);
    fetch[kApartStandardSegment] = apart(false);
    if (draw_.percent(70)) fetch[kOddSegment] = odd();
    fetch[kPairSegment] = pair();
    const Json upgrade = {{"op", "upgrade"}, {"api", "hibernation"}};
    for (const char* segment : {kPassedSegment, kKeptSegment, kHeldSegment, kClosedSegment})
      fetch[segment] = Json::array({upgrade});
    program["worker"] = {{kPassedSegment, Json::array({returns("self")})},
                         {kKeptSegment, keeping()},
                         {kHeldSegment, holding()},
                         {kClosedSegment, taking_what_is_closed(fetch[kClosedSegment])}};
    if (!program.contains("message")) return;  // MSG-11
    program["message"][text(0)] = Json::array();
    program["message"]["pair!close"] = Json::array({Json{{"op", "close"}}});
    for (int i = 1; i <= kPairMessages; ++i) program["message"][text(i)] = between_ends(i);
  }

 private:
  static Json op(const char* name) { return {{"op", name}}; }
  static Json on_client(const char* name) { return {{"op", name}, {"on", "client"}}; }
  static Json returns(const char* end) {
    return {{"op", "respond"}, {"status", 101}, {"webSocket", end}};
  }
  static Json client() { return {{"$", "event"}, {"field", "client"}}; }
  static std::string text(int i) { return "pair!" + std::to_string(i); }

  std::string literal() { return "end" + std::to_string(++literals_); }
  std::string marker() { return "~end" + std::to_string(++literals_); }

  Json apart(bool hibernatable) {
    Json ops = Json::array({op("pair")});
    for (std::uint64_t left = draw_.below(3); left > 0; --left) ops.push_back(unaccepted());
    if (hibernatable) {
      if (draw_.percent(20)) refused(ops);
      ops.push_back(accept_hibernatable());
    } else {
      if (draw_.percent(15))
        ops.push_back({{"op", "listen"}, {"event", "close"}, {"throws", "at the end"}});
      ops.push_back(accept());
    }
    const bool early = draw_.percent(20);
    if (early) ops.push_back(returns("client"));
    for (std::uint64_t left = draw_.below(4); left > 0; --left)
      ops.push_back(accepted(hibernatable));
    if (!early) ops.push_back(returns("client"));
    if (draw_.percent(25)) ops.push_back(later());
    return ops;
  }

  Json accept_hibernatable() {
    Json accept = op("acceptWebSocket");
    if (draw_.percent(80)) accept["tags"] = tags();
    return accept;
  }

  // Repeated ones and an empty one among them; up to ten are taken, however often repeated.
  Json tags() {
    Json tags = Json::array({client()});
    if (draw_.percent(50)) tags.push_back("room");
    if (draw_.percent(30)) tags.push_back("");
    for (std::uint64_t i = draw_.below(3); i > 0; --i) tags.push_back("t" + std::to_string(i));
    for (std::uint64_t left = draw_.percent(20) ? 9 : draw_.below(3); left > 0; --left)
      tags.push_back(draw_.percent(50) ? tags.back() : tags[tags.size() / 2]);
    return tags;
  }

  // TAG-04.
  void refused(Json& ops) {
    Json tags = Json::array({client()});
    if (draw_.percent(50)) {
      for (int i = 1; i <= 10; ++i) tags.push_back("t" + std::to_string(i));
    } else {
      tags.push_back({{"$", "repeat"}, {"text", "a"}, {"count", 257}});
    }
    ops.push_back({{"op", "acceptWebSocket"}, {"tags", std::move(tags)}});
    if (draw_.percent(50)) ops.push_back(op("getWebSockets"));
  }

  Json accept() {
    Json accept = op("accept");
    if (draw_.percent(60)) accept["options"] = {{"allowHalfOpen", draw_.percent(50)}};
    return accept;
  }

  Json get() {
    Json get = {{"op", "get"},
                {"property",
                 draw_.one_of<const char*>({"url", "protocol", "extensions", "bufferedAmount"})}};
    if (draw_.percent(30)) get["on"] = "client";
    return get;
  }

  Json attached() {
    switch (draw_.weighted({4, 1, 1, 1, 1, 1})) {
      case 0:
        return literal();
      case 1:
        return {{"$", "regexp"}, {"source", "a+"}, {"flags", "g"}};
      case 2:
        return {{"$", "date"}, {"ms", draw_.between(0, 1000)}};
      case 3:
        return {{"$", "function"}};
      case 4:
        return {{"n", 1}, {"inner", {{"$", "symbol"}, {"description", "s"}}}};
      default:
        return {{"$", "map"}, {"entries", Json::array({Json::array({1, "one"})})}};
    }
  }

  Json attach(const char* on) {
    return {{"op", "serializeAttachment"}, {"on", on}, {"value", attached()}};
  }

  Json unaccepted() {
    switch (draw_.weighted({3, 1, 2, 2, 4, 4, 2, 1})) {
      case 0:
        return {{"op", "send"}, {"data", literal()}};
      case 1:
        return {{"op", "close"}, {"args", Json::array({draw_.one_of<int>({1000, 1005})})}};
      case 2:
        return op("readyState");
      case 3:
        return get();
      case 4:
        return attach("self");
      case 5:
        return op("deserializeAttachment");
      case 6:
        return op("getTags");
      default:
        return attach("client");
    }
  }

  Json accepted(bool hibernatable) {
    switch (draw_.weighted({2, 2, 2, 2, 2, 2, 2, 1, 1, 1})) {
      case 0:
        return op("accept");
      case 1:
        return op("acceptWebSocket");
      case 2:
        return on_client("acceptWebSocket");
      case 3:
        return {{"op", "send"}, {"data", literal()}};
      case 4:
        return op("deserializeAttachment");
      case 5:
        return op("getTags");
      case 6:
        return get();
      case 7:
        return on_client("deserializeAttachment");
      case 8:
        return {{"op", "getWebSockets"}, {"tag", ""}};
      default:
        if (!hibernatable) return attach("self");
        return {{"op", "listen"},
                {"event", draw_.one_of<const char*>({"message", "close", "error"})}};
    }
  }

  // What the object still does with the end that it has returned.
  Json later() {
    Json ops = Json::array({Json{{"op", "log"}, {"value", marker()}}});
    ops.push_back(on_client(draw_.one_of<const char*>(
        {"readyState", "acceptWebSocket", "getTags", "deserializeAttachment", "send", "close"})));
    if (ops.back()["op"] == "send") ops.back()["data"] = text(1);
    return {{"op", "setTimeout"}, {"ms", draw_.between(1, 200)}, {"ops", std::move(ops)}};
  }

  Json odd() {
    Json ops = Json::array({op("pair")});
    const std::size_t how = draw_.weighted({3, 2, 1, 2, 4, 3});
    if (how < 3 || draw_.percent(30)) ops.push_back(op(how == 2 ? "accept" : "acceptWebSocket"));
    switch (how) {
      case 0:  // accepted and not returned
        ops.push_back({{"op", "respond"}, {"status", 403}});
        break;
      case 1:
      case 2:
        ops.push_back(returns("self"));
        break;
      case 3:
        ops.push_back({{"op", "throw"}, {"message", "odd"}});
        break;
      case 4:
        ops = Json::array({op("pair"), returns("client")});
        ops.push_back({{"op", "setTimeout"},
                       {"ms", draw_.between(1, 200)},
                       {"ops", Json::array({Json{{"op", "log"}, {"value", marker()}},
                                            on_client("acceptWebSocket")})}});
        break;
      default:  // nobody accepts it, and it holds the object (HIB-30)
        ops = Json::array({op("pair"), returns("client")});
    }
    return ops;
  }

  static Json sleep(std::int64_t ms) { return {{"op", "sleep"}, {"ms", ms}}; }

  static Json holding() { return Json::array({sleep(10'500), returns("self")}); }

  // OUT-17, OUT-18.
  Json taking_what_is_closed(Json& fetch) {
    if (draw_.percent(50)) fetch.push_back({{"op", "send"}, {"data", text(0)}});
    fetch.push_back({{"op", "close"}, {"args", Json::array({4004, "closed"})}});
    Json ops = Json::array({Json{{"op", "accept"}, {"name", "taker"}}});
    if (draw_.percent(50)) ops.push_back(sleep(draw_.between(10, 50)));
    return ops;
  }

  Json keeping() {
    Json ops = Json::array();
    if (draw_.percent(20)) return ops;
    if (draw_.percent(25)) {
      ops.push_back({{"op", "setTimeout"},
                     {"ms", draw_.between(1, 200)},
                     {"ops", Json::array({Json{{"op", "log"}, {"value", marker()}}})}});
      return ops;
    }
    ops.push_back({{"op", "accept"}, {"name", "worker"}});
    ops.push_back({{"op", "close"}, {"args", Json::array({4003, "kept"})}});
    return ops;
  }

  Json pair() {
    Json ops = Json::array({op("pair"), accept()});
    if (draw_.percent(20))
      ops.push_back({{"op", "listen"}, {"on", "client"}, {"event", "message"}, {"throws", "no"}});
    Json far = accept();
    far["on"] = "client";
    far["name"] = "far";
    ops.push_back(std::move(far));
    if (draw_.percent(30)) return closed_at_once(std::move(ops));
    for (std::uint64_t left = 1 + draw_.below(4); left > 0; --left)
      ops.push_back({{"op", "send"},
                     {"on", draw_.one_of<const char*>({"self", "client"})},
                     {"data", text(static_cast<int>(draw_.between(1, kPairMessages)))}});
    if (draw_.percent(30)) ops.push_back({{"op", "close"}, {"args", Json::array({4000, "far"})}});
    if (draw_.percent(25)) {
      wait(ops);
      ops.push_back({{"op", "send"},
                     {"on", draw_.one_of<const char*>({"self", "client"})},
                     {"data", text(0)}});
    }
    return ops;
  }

  // The request does, and with it what its end hears of (PAIR-07).
  void wait(Json& ops) {
    ops.push_back({{"op", "sleep"}, {"ms", draw_.between(10, 50)}});
    ops.push_back({{"op", "log"}, {"value", marker()}});
  }

  // One end closes behind what the other has sent, and nobody says more (PAIR-05, PAIR-06).
  Json closed_at_once(Json ops) {
    if (draw_.percent(20)) {
      for (const std::string& data : {std::string("pair!close"), text(0)})
        ops.push_back({{"op", "send"}, {"on", "client"}, {"data", data}});
      return ops;
    }
    for (std::uint64_t left = draw_.below(3); left > 0; --left)
      ops.push_back({{"op", "send"}, {"on", "client"}, {"data", text(0)}});
    ops.push_back({{"op", "close"}, {"args", Json::array({4000, "near"})}});
    if (draw_.percent(40)) wait(ops);
    return ops;
  }

  // One end answers the other with what has the next number: it comes to an end.
  Json between_ends(int i) {
    Json ops = Json::array();
    if (i < kPairMessages && draw_.percent(50))
      ops.push_back({{"op", "send"}, {"data", text(i + 1)}});
    if (draw_.percent(30)) ops.push_back({{"op", "get"}, {"property", "url"}});
    if (draw_.percent(30))
      ops.push_back({{"op", "close"}, {"args", Json::array({4000 + i, "end"})}});
    return ops;
  }

  Draw draw_;
  std::size_t literals_ = 0;
};

}  // namespace

void add_socket_segments(Draw draw, Json& program) {
  SocketDraw(draw).add_to(program);
}

}  // namespace torpor::explore
