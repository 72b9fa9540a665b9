#include "conformance/properties/follower.h"

#include <algorithm>
#include <set>
#include <utility>

#include "conformance/properties/follower_state.h"
#include "conformance/properties/idle.h"
#include "conformance/properties/program_ops.h"

namespace torpor::properties {
namespace {

class Follower {
 public:
  Follower(const History& history, Findings& findings)
      : history_(history),
        program_(history.scenario_case.program),
        state_(history, findings),
        idle_(history) {}

  Followed run() {
    try {
      while (!state_.at_end()) next();
      state_.apply_resets();
      if (state_.reset_since_last()) {
        forget_instance();
      } else {
        explain_waking();
      }
      end_of_log();
      state_.followed.to_the_end = true;
    } catch (const Stop&) {
    }
    state_.followed.blocks = program_.dump().find("blockConcurrencyWhile") != std::string::npos;
    state_.followed.alarm_pending =
        state_.alarm.is_set() && state_.alarm.is_known() && state_.alarm.may_be_due(history_.end);
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
    bool alarm = false;
    bool never = false;            // goes on
    std::string request = {};      // of this client
    std::optional<Time> due = {};  // goes on then
    std::optional<Time> by = {};   // or until then
    std::optional<Time> cancel_at =
        {};                 // or not at all, when the event timeout comes first (TO-03)
    bool fetching = false;  // what goes on once fetchWebSocket has come to something
    std::vector<std::pair<Json, std::size_t>> behind = {};  // what goes on when these ops are done
  };
  struct Aborted {
    std::vector<std::string> statements;
  };
  struct Thrown {};

  void next() {
    state_.apply_resets();
    if (state_.reset_since_last()) forget_instance();
    explain_waking();
    const Json& entry = state_.entry();
    if (entry.value("event", "") == "fetchRejected") return rejected(entry);
    if (entry.value("instance", 1) == 0) return state_.of_worker(entry);
    pass_time(entry);
    if (entry.contains("event")) return event(entry);
    if (is_marker(entry)) {
      if (resume(entry["value"], false)) return;
    }
    if (entry.value("op", "") == "fetchWebSocket" && resume_fetching()) return;
    state_.unexplained();
  }

  void forget_instance() {
    if (blocked()) state_.alarm.missed();  // HIB-31
    const bool endless = std::any_of(pending_.begin(), pending_.end(),
                                     [](const Rest& rest) { return rest.blocking && rest.never; });
    if (endless) ++state_.aborts;  // HIB-16: after 30 seconds, without a word
    if (const auto now = state_.present()) free_ = *now;
    pending_.clear();
    waking_ = false;
    idle_.lost();
  }

  bool blocked() const {
    return std::any_of(pending_.begin(), pending_.end(),
                       [](const Rest& rest) { return rest.blocking; });
  }

  // What must have happened before this entry, and what must not.
  void pass_time(const Json& entry) {
    const auto now = state_.present();
    if (!now) return;
    before_ = std::exchange(state_.now, now);
    cancel_handlers(*now);
    if (blocked()) count_blocked(*now);
    if (!state_.reset_is_next()) state_.judge(state_.alarm.passes(*now, free_), "alarm");
    state_.check_failed_write(*now);
    idle_.busy_until(state_.durable().least, state_.durable().most);
    state_.judge(idle_.goes_on(*now, !pending_.empty() || state_.held_by_sockets(),
                               entry.value("event", "") == "constructor"),
                 "hibernation");
  }

  // The log tells whole milliseconds.
  void count_blocked(Time now) {
    free_ = now;
    if (before_ && now - *before_ > kSlack) state_.followed.blocked_for += now - *before_ - kSlack;
  }

  void cancel_handlers(Time now) {
    std::erase_if(pending_, [&](const Rest& rest) {
      if (!is_cancelled(rest, now)) return false;
      state_.exercised("TO-03");
      idle_.busy_until(*rest.cancel_at, *rest.cancel_at);
      return true;
    });
  }

  bool is_cancelled(const Rest& rest, Time now) const {
    if (!rest.cancel_at || *rest.cancel_at > now + kSlack) return false;
    const auto last = rest.by ? rest.by : rest.due;
    if (last && *last + kSlack < *rest.cancel_at && free_ < *rest.due) return false;
    if (rest.never && !rest.blocking) return true;
    // Where both come at once, or of a block, it is not known here.
    if (!rest.due || *rest.due <= *rest.cancel_at + kSlack || rest.blocking) throw Stop{};
    return true;
  }

  void event(const Json& entry) {
    const std::string kind = entry.value("event", "");
    state_.check_instance(entry, kind);
    if (kind == "constructor") return constructor();
    if (kind == "timer") return timer();
    if (blocked())
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
      run(chosen(program_, "open", ""), scope, std::nullopt);
      return;
    }
    const auto cancel_at = state_.cancelled_at(socket);
    if (kind == "message") {
      state_.message(socket, entry);
      scope.event["message"] = entry.at("data");
      state_.skip();
      run(chosen(program_, "message", entry["data"].is_string() ? entry["data"] : "*"), scope,
          cancel_at);
      return;
    }
    kind == "close" ? state_.close(socket, entry) : state_.error(socket, entry);
    if (kind == "close") {
      for (const char* field : {"code", "reason", "wasClean"}) scope.event[field] = entry.at(field);
    }
    state_.skip();
    socket.half_closed = !socket.hibernatable && entry.value("wasClean", false) &&
                         entry.at("readyState") == 2 && !replies_by_itself(socket, history_);
    run(chosen(program_, kind.c_str(), ""), scope, cancel_at);
    if (socket.told_of_end) socket.listed = false;
  }

  void constructor() {
    // A write that failed may have ended it.
    if (!pending_.empty() && !history_.writes_fail)
      state_.find("hibernation", {"HIB-04", "HIB-05"},
                  "the object left memory although a timer or a handler was pending");
    pending_.clear();
    state_.constructed();
    state_.skip();
    waking_ = true;
    if (run(chosen(program_, "constructor", ""), {.in_constructor = true, .event = Json::object()}))
      return;
    reset_by_itself({"HIB-15"}, "a constructor threw, and did not reset the object");
  }

  // The constructor has run, and what it blocked is over: an event must have called for it.
  void explain_waking() {
    if (!waking_ || state_.reset_is_next()) return;
    if (!state_.at_end()) {
      const Json& entry = state_.entry();
      if (!entry.contains("event") || entry.value("instance", 1) == 0) return;  // a worker's
      waking_ = entry["event"] == "constructor" || entry["event"] == "timer";
      if (!waking_) return;
    }
    waking_ = false;
    if (state_.at_end() && state_.program_has("blockConcurrencyWhile")) return;
    // Without a handler an event is told to nobody.
    for (const char* handler : kHandlers) {
      if (!program_.contains(handler)) return;
    }
    state_.find("wake", {"HIB-11", "AUTO-03", "PING-04"},
                "the object was constructed, and no event came that would have woken it");
  }

  // A reset has an answer of its own for what is under way.
  void rejected(const Json& entry) {
    if (history_.resets.empty() && !requests_.contains(entry.value("client", "")))
      state_.find("fetch", {"HIB-13"}, "a request failed before the object had heard of it");
    state_.skip();
  }

  void fetch(const Json& entry) {
    Scope scope{.event = Json::object(), .client = entry.value("client", ""), .in_fetch = true};
    scope.event["client"] = scope.client;
    const std::string segment = entry.value("segment", "");
    state_.skip();
    segments_[scope.client] = segment;
    requests_.insert(scope.client);
    run({.ops = chosen(program_, "fetch", segment), .scope = scope, .request = scope.client});
  }

  void answered(const std::string& client, bool threw) {
    state_.followed.not_answered_before[client] = state_.gate();
    const Json workers = program_.value("worker", Json::object());
    state_.answered(client, threw, workers.value(segments_[client], Json()));
  }

  void alarm() {
    state_.judge(state_.alarm.rings(state_.now), "alarm");
    state_.skip();
    run({.ops = chosen(program_, "alarm", ""), .scope = {.event = Json::object()}, .alarm = true});
  }

  void timer() {
    state_.skip();
    if (!state_.at_end() && is_marker(state_.entry()) && resume(state_.entry()["value"], true))
      return;
    state_.find("timer", {"HIB-04"}, "a timer fired that was not set");
  }

  bool resume(const Json& marker, bool timer) {
    const auto found = std::find_if(pending_.begin(), pending_.end(), [&](const Rest& rest) {
      return !rest.never && !rest.fetching && rest.timer == timer &&
             rest.ops[rest.from]["value"] == marker;
    });
    if (found == pending_.end()) return false;
    Rest rest = take(found);
    in_time(rest);
    go_on_later(std::move(rest));
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
    guarded([&] { return go_on(std::move(rest)); });
  }

  void in_time(const Rest& rest) {
    // Whether what sync() was waited for waits for a block, too, is not known.
    if (blocked() && !rest.blocking && !rest.by)
      state_.find("gate", {"HIB-06", "MSG-10"},
                  "a timer fired while blockConcurrencyWhile() was pending");
    if (!state_.now || !rest.due) return;
    // Of two writes in one turn only one may count for sync().
    const bool open = rest.by && program_.dump().find("allowUnconfirmed") != std::string::npos;
    if (*state_.now + kSlack < *rest.due && !open)
      state_.find("timer", {"HIB-04", "MSG-10", "STORE-12"}, "a wait was over before its time");
    if (*state_.now > std::max(rest.by.value_or(*rest.due), free_) + kSlack)
      state_.find("timer", {"HIB-04", "MSG-10", "STORE-12"}, "a wait was over after its time");
  }

  // Whether it ran to its end or its first wait without throwing.
  bool run(const Json& ops, const Scope& scope, std::optional<Time> cancel_at = {}) {
    return run({.ops = ops, .scope = scope, .cancel_at = cancel_at});
  }

  bool run(Rest rest) {
    state_.begin_turn();
    state_.at_once = true;
    return guarded([&] { return go_on(std::move(rest)); });
  }

  template <typename Action>
  bool guarded(Action action) {
    try {
      return action();
    } catch (const Aborted& aborted) {
      reset_by_itself(aborted.statements, "what resets the object did not");
    }
    return true;
  }

  void reset_by_itself(const std::vector<std::string>& statements, const char* otherwise) {
    state_.undo_turn();
    if (blocked() || !state_.now || state_.alarm.may_be_due(*state_.now)) state_.alarm.missed();
    pending_.clear();
    ++state_.aborts;
    if (state_.reset_is_next()) return;
    if (!state_.at_end() && state_.entry().value("instance", 1) == 0) throw Stop{};  // a worker's
    state_.find("abort", statements, otherwise);
  }

  // `by`: at the latest, where that is not when it is due.
  void wait(Rest rest, bool timer, std::optional<Time> due, std::optional<Time> by = {}) {
    if (rest.from >= rest.ops.size() || !is_marker(rest.ops[rest.from])) throw Stop{};
    rest.timer = timer;
    rest.due = due;
    rest.by = by;
    pending_.push_back(std::move(rest));
  }

  std::optional<Time> after(const Json& op) const {
    if (!state_.now) return std::nullopt;
    return *state_.now + milliseconds(op.at("ms").get<std::int64_t>());
  }

  // False when it threw.
  bool go_on(Rest rest) {
    bool threw = false;
    try {
      if (!run_ops(rest)) return true;
    } catch (const Thrown&) {
      threw = true;
    }
    if (!rest.request.empty()) answered(rest.request, threw);
    if (rest.alarm) threw ? state_.alarm.failed(state_.now) : state_.alarm.succeeded();
    return !threw;
  }

  // False when it waits.
  bool run_ops(Rest& rest) {
    while (true) {
      while (rest.from < rest.ops.size()) {
        const Json op = rest.ops[rest.from++];
        if (!step(op, rest)) return false;
      }
      if (rest.behind.empty()) return true;
      std::tie(rest.ops, rest.from) = rest.behind.back();
      rest.behind.pop_back();
      if (rest.behind.empty()) rest.blocking = false;
      state_.begin_turn();  // HIB-32
    }
  }

  // HIB-16: what leaves a block resets the object.
  [[noreturn]] static void leave(const Rest& rest) {
    if (rest.blocking) throw Aborted{{"HIB-16", "HIB-33"}};
    throw Thrown{};
  }

  // False when the rest waits.
  bool step(const Json& op, Rest& rest) {
    const std::string name = op.at("op");
    if (name == "throw") {
      state_.expect_throw(op, "");
      leave(rest);
    }
    if (name == "abort") throw Aborted{{"ABORT-01", "ABORT-02"}};
    if (name == "sleep") {
      wait(rest, false, after(op));
      return false;
    }
    if (name == "never") {
      pending_.push_back(rest);
      pending_.back().never = true;
      state_.hold_for_ever();
      if (!rest.request.empty()) state_.followed.unanswered.insert(rest.request);
      return false;
    }
    if (name == "storageSync") {
      // It does not wait when nothing was written.
      state_.begin_turn();
      const Bounds durable = state_.durable();
      wait(rest, false,
           state_.now ? std::optional(std::max(*state_.now, durable.least)) : state_.now,
           state_.now ? std::optional(std::max(*state_.now, durable.most)) : state_.now);
      return false;
    }
    if (name == "fetchWebSocket") {
      if (!rest.scope.in_fetch) throw Stop{};
      rest.fetching = true;
      pending_.push_back(rest);
      return false;
    }
    if (name == "setTimeout") {
      wait({.ops = op.at("ops"), .scope = rest.scope}, true, after(op));
      return true;
    }
    if (name == "waitUntil") {
      go_on({.ops = op.at("ops"), .scope = rest.scope});
      return true;
    }
    if (name == "blockConcurrencyWhile" && rest.scope.in_constructor) {
      Rest own{.ops = op.at("ops"), .scope = rest.scope, .blocking = true};
      own.scope.in_constructor = false;
      state_.begin_turn();  // HIB-32
      go_on(std::move(own));
      return true;
    }
    if (name == "blockConcurrencyWhile") {
      rest.behind.emplace_back(rest.ops, rest.from);
      rest.ops = op.at("ops");
      rest.from = 0;
      rest.blocking = true;
      state_.begin_turn();
      return true;
    }
    if (name == "transactionSync") {
      transaction(op, rest.scope);
      return true;
    }
    (void)state_.took_throw();
    if (!state_.perform(op, rest.scope)) throw Stop{};
    if (state_.took_throw() && op.value("uncaught", false)) leave(rest);
    return true;
  }

  void transaction(const Json& op, const Scope& scope) {
    const Before before = state_.before();
    state_.wrote(false);
    Rest rest{.ops = op.at("ops"), .scope = scope};
    try {
      run_ops(rest);
    } catch (const Thrown&) {
      state_.undo_to(before);
      state_.expect_throw(op, "");
    }
  }

  void end_of_log() {
    if (state_.now) {
      cancel_handlers(history_.end);
      if (!blocked() && !state_.reset_is_next())
        state_.judge(state_.alarm.passes(history_.end, free_), "alarm");
    }
    state_.check_pairs();
    state_.check_dials();
    state_.check_left();
    const bool blind = history_.writes_fail || history_.links_break;
    if (!blind && history_.resets.size() > history_.restarts + state_.aborts)
      state_.find("reset", {"EXC-01"}, "the object was reset, and nothing explains it");
    if (!blind && history_.resets.size() < history_.dropping_evictions)
      state_.find("reset", {"HIB-22"}, "an eviction that drops the sockets spared them");
    for (const Rest& rest : pending_) {
      const auto due = rest.by ? rest.by : rest.due;
      if (due.value_or(state_.now.value_or(Time{}) + kLongestWait) < history_.end && !rest.never &&
          !rest.fetching)
        state_.find("timer", {"HIB-04", "MSG-10"}, "a timer or an await never came to its end");
      if (!rest.never) state_.followed.waiting.insert(rest.scope.client);
    }
  }

  const History& history_;
  const Json& program_;
  State state_;
  Idle idle_;
  std::vector<Rest> pending_;
  std::set<std::string> requests_;               // that the object has heard of
  std::map<std::string, std::string> segments_;  // of requests, by client
  bool waking_ = false;
  std::optional<Time> before_ = {};  // when the entry before was written
  Time free_ = {};                   // until then something may have held events back
};

}  // namespace

Followed follow(const History& history, Findings& findings) {
  return Follower(history, findings).run();
}

}  // namespace torpor::properties
