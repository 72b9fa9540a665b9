#include "conformance/properties/follower.h"

#include <algorithm>
#include <set>
#include <utility>

#include "conformance/properties/follower_state.h"

namespace torpor::properties {
namespace {

const Json kNoOps = Json::array();

bool is_marker(const Json& op) {
  return op.value("op", "") == "log" && op.contains("value") && op["value"].is_string() &&
         op["value"].get_ref<const std::string&>().starts_with("~");
}

// A list of ops as a handler has them: chosen by text or segment where there is a choice.
const Json& chosen(const Json& program, const char* handler, const std::string& by) {
  const auto found = program.find(handler);
  if (found == program.end()) return kNoOps;
  if (!found->is_object()) return *found;
  const auto own = found->find(by);
  if (own != found->end()) return *own;
  const auto any = found->find("*");
  return any == found->end() ? kNoOps : *any;
}

class Follower {
 public:
  Follower(const History& history, Findings& findings)
      : history_(history), program_(history.scenario_case.program), state_(history, findings) {}

  Followed run() {
    try {
      while (!state_.at_end()) next();
      state_.apply_resets();
      if (state_.reset_since_last()) {
        pending_.clear();
      } else {
        explain_waking();
      }
      end_of_log();
      state_.followed.to_the_end = true;
    } catch (const Stop&) {
    }
    state_.followed.alarm_pending = state_.alarm && state_.alarm_known;
    return std::move(state_.followed);
  }

 private:
  // A handler, or what is left of one behind an await or a timer.
  struct Rest {
    Json ops;
    std::size_t from = 0;
    Scope scope = {};
    bool timer = false;
    bool blocking = false;
    bool fetching = false;  // what goes on once fetchWebSocket has come to something
    std::vector<std::pair<Json, std::size_t>> behind = {};  // what goes on when these ops are done
  };
  struct Aborted {};
  struct Thrown {};

  void next() {
    state_.apply_resets();
    if (state_.reset_since_last()) {
      pending_.clear();
      waking_ = false;
    }
    explain_waking();
    const Json& entry = state_.entry();
    if (entry.value("instance", 1) == 0 && entry.value("event", "") != "fetchRejected")
      return of_worker(entry);
    if (entry.contains("event")) return event(entry);
    if (is_marker(entry)) {
      if (resume(entry["value"], false)) return;
    }
    if (entry.value("op", "") == "fetchWebSocket" && resume_fetching()) return;
    state_.unexplained();
  }

  // What a worker hears is its own affair; what it does it may do.
  void of_worker(const Json& entry) {
    if (entry.value("op", "") == "accept" && entry.contains("throws"))
      state_.find("worker", {"CLE-15"}, "a worker could not accept the socket of a response");
    state_.skip();
  }

  void event(const Json& entry) {
    const std::string kind = entry.value("event", "");
    state_.check_instance(entry, kind);
    if (kind == "constructor") return constructor();
    if (kind == "fetchRejected") return state_.skip();
    if (kind == "timer") return timer();
    if (std::any_of(pending_.begin(), pending_.end(), [](const Rest& r) { return r.blocking; }))
      state_.find("gate", {"HIB-06"}, "an event came in while blockConcurrencyWhile() was pending");
    if (kind == "fetch") return fetch(entry);
    if (kind == "alarm") return alarm();
    if (kind == "listener") return state_.listener(entry);
    if (kind != "message" && kind != "close" && kind != "error" && kind != "open") throw Stop{};
    Socket& socket = state_.socket_of(entry);
    Scope scope{.self = socket.name, .event = Json::object()};
    if (kind == "open") {
      state_.open(socket, entry);
      state_.skip();
      run(chosen(program_, "open", ""), scope);
      return;
    }
    if (kind == "message") {
      state_.message(socket, entry);
      scope.event["message"] = entry.at("data");
      state_.skip();
      run(chosen(program_, "message", entry["data"].is_string() ? entry["data"] : "*"), scope);
      return;
    }
    kind == "close" ? state_.close(socket, entry) : state_.error(socket, entry);
    if (kind == "close") {
      for (const char* field : {"code", "reason", "wasClean"}) scope.event[field] = entry.at(field);
    }
    state_.skip();
    run(chosen(program_, kind.c_str(), ""), scope);
    if (socket.told_of_end) socket.listed = false;
  }

  void constructor() {
    for (const Rest& rest : pending_) {
      (void)rest;
      state_.find("hibernation", {"HIB-04", "HIB-05"},
                  "the object left memory although a timer or a handler was pending");
      break;
    }
    pending_.clear();
    state_.constructed();
    state_.skip();
    run(chosen(program_, "constructor", ""), {.in_constructor = true, .event = Json::object()});
    waking_ = true;
  }

  // The constructor has run, and what it blocked is over: an event must have called for it.
  void explain_waking() {
    if (!waking_ || state_.reset_is_next()) return;
    if (!state_.at_end()) {
      const Json& entry = state_.entry();
      if (!entry.contains("event")) return;
      if (entry["event"] != "constructor" && entry["event"] != "timer") {
        waking_ = false;
        return;
      }
    }
    waking_ = false;
    // Without a handler an event is told to nobody.
    for (const char* handler : {"message", "close", "error", "alarm"}) {
      if (!program_.contains(handler)) return;
    }
    state_.find("wake", {"HIB-11", "AUTO-03", "PING-04"},
                "the object was constructed, and no event came that would have woken it");
  }

  void fetch(const Json& entry) {
    Scope scope{.event = Json::object(), .client = entry.value("client", ""), .in_fetch = true};
    scope.event["client"] = scope.client;
    const std::string segment = entry.value("segment", "");
    state_.skip();
    const std::size_t waiting = awaiting();
    const bool threw = !run(chosen(program_, "fetch", segment), scope);
    if (awaiting() != waiting) return;
    const Json& worker = program_.value("worker", Json::object());
    state_.answered(scope.client, threw, worker.value(segment, Json()));
  }

  // Handlers that are behind an await.
  std::size_t awaiting() const {
    return static_cast<std::size_t>(std::count_if(pending_.begin(), pending_.end(),
                                                  [](const Rest& rest) { return !rest.timer; }));
  }

  void alarm() {
    if (!state_.alarm && state_.alarm_known)
      state_.find("alarm", {"ALARM-01"}, "an alarm went off that was not set, or that had already");
    state_.alarm = false;
    state_.alarm_known = true;
    state_.skip();
    if (!run(chosen(program_, "alarm", ""), {.event = Json::object()})) state_.alarm = true;
  }

  void timer() {
    state_.skip();
    if (!state_.at_end() && is_marker(state_.entry()) && resume(state_.entry()["value"], true))
      return;
    state_.find("timer", {"HIB-04"}, "a timer fired that was not set");
  }

  bool resume(const Json& marker, bool timer) {
    const auto found = std::find_if(pending_.begin(), pending_.end(), [&](const Rest& rest) {
      return !rest.fetching && rest.timer == timer && rest.ops[rest.from]["value"] == marker;
    });
    if (found == pending_.end()) return false;
    go_on_later(take(found));
    return true;
  }

  bool resume_fetching() {
    const auto found = std::find_if(pending_.begin(), pending_.end(),
                                    [](const Rest& rest) { return rest.fetching; });
    if (found == pending_.end()) return false;
    Rest rest = take(found);
    rest.fetching = false;
    state_.fetched(rest.ops[rest.from - 1], rest.scope);
    go_on_later(std::move(rest));
    return true;
  }

  Rest take(std::vector<Rest>::iterator place) {
    Rest rest = std::move(*place);
    pending_.erase(place);
    return rest;
  }

  void go_on_later(Rest rest) {
    state_.begin_turn();
    state_.at_once = false;
    guarded([&] { go_on(std::move(rest)); });
  }

  // Whether it ran to its end or its first wait without throwing.
  bool run(const Json& ops, const Scope& scope) {
    state_.begin_turn();
    state_.at_once = true;
    return guarded([&] { go_on({.ops = ops, .scope = scope}); });
  }

  template <typename Action>
  bool guarded(Action action) {
    try {
      action();
    } catch (const Thrown&) {
      return false;
    } catch (const Aborted&) {
      state_.undo_turn();
      pending_.clear();
      ++state_.aborts;
      if (!state_.reset_is_next())
        state_.find("abort", {"ABORT-01", "ABORT-02"}, "ctx.abort() did not reset the object");
    }
    return true;
  }

  void wait(Rest rest, bool timer) {
    if (rest.from >= rest.ops.size() || !is_marker(rest.ops[rest.from])) throw Stop{};
    rest.timer = timer;
    pending_.push_back(std::move(rest));
  }

  void go_on(Rest rest) {
    while (true) {
      while (rest.from < rest.ops.size()) {
        const Json op = rest.ops[rest.from++];
        if (!step(op, rest)) return;
      }
      if (rest.behind.empty()) return;
      std::tie(rest.ops, rest.from) = rest.behind.back();
      rest.behind.pop_back();
      if (rest.behind.empty()) rest.blocking = false;
    }
  }

  // False when the rest waits.
  bool step(const Json& op, Rest& rest) {
    const std::string name = op.at("op");
    if (name == "throw") {
      state_.expect_throw(op, "");
      throw Thrown{};
    }
    if (name == "abort") throw Aborted{};
    if (name == "sleep" || name == "storageSync") {
      // sync() does not wait when nothing was written.
      if (name == "storageSync") state_.begin_turn();
      wait(rest, false);
      return false;
    }
    if (name == "fetchWebSocket") {
      if (!rest.scope.in_fetch) throw Stop{};
      rest.fetching = true;
      pending_.push_back(rest);
      return false;
    }
    if (name == "setTimeout") {
      wait({.ops = op.at("ops"), .scope = rest.scope}, true);
      return true;
    }
    if (name == "waitUntil") {
      go_on({.ops = op.at("ops"), .scope = rest.scope});
      return true;
    }
    if (name == "blockConcurrencyWhile" && rest.scope.in_constructor) {
      Rest own{.ops = op.at("ops"), .scope = rest.scope, .blocking = true};
      own.scope.in_constructor = false;
      go_on(std::move(own));
      return true;
    }
    if (name == "blockConcurrencyWhile") {
      rest.behind.emplace_back(rest.ops, rest.from);
      rest.ops = op.at("ops");
      rest.from = 0;
      rest.blocking = true;
      return true;
    }
    if (name == "transactionSync") {
      transaction(op, rest.scope);
      return true;
    }
    if (!state_.perform(op, rest.scope)) throw Stop{};
    return true;
  }

  void transaction(const Json& op, const Scope& scope) {
    const auto before = state_.storage;
    try {
      go_on({.ops = op.at("ops"), .scope = scope});
    } catch (const Thrown&) {
      state_.storage = before;
      state_.changed();
      state_.expect_throw(op, "");
    }
  }

  void end_of_log() {
    state_.check_pairs();
    state_.check_dials();
    state_.check_left();
    const bool blind = history_.writes_fail || history_.links_break;
    if (!blind && history_.resets.size() > history_.restarts + state_.aborts)
      state_.find("reset", {"EXC-01"}, "the object was reset, and nothing explains it");
    for (const Rest& rest : pending_) {
      if (!rest.fetching)
        state_.find("timer", {"HIB-04", "MSG-10"}, "a timer or an await never came to its end");
      state_.followed.waiting.insert(rest.scope.client);
    }
  }

  const History& history_;
  const Json& program_;
  State state_;
  std::vector<Rest> pending_;
  bool waking_ = false;
};

}  // namespace

Followed follow(const History& history, Findings& findings) {
  return Follower(history, findings).run();
}

}  // namespace torpor::properties
