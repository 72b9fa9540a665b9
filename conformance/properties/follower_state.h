// What the follower knows of the object at one place in the log, and what single ops and events do
// to it.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "conformance/properties/alarm_clock.h"
#include "conformance/properties/finding.h"
#include "conformance/properties/follower.h"
#include "conformance/properties/history.h"

namespace torpor::properties {

// What comes now cannot be judged, or has been found wrong: following ends.
struct Stop {};

struct Scope {
  std::string self = {};  // the event's socket
  bool in_constructor = false;
  Json event = Json::object();
  std::string client = {};
  bool in_fetch = false;
};

struct Store {
  std::map<std::string, Json> keys = {};
  std::map<std::string, std::vector<Json>> tables = {};  // made by SQL: their only column
  bool operator==(const Store&) const = default;
};

// Something comes to be between these.
struct Bounds {
  Time least = {}, most = {};
};

// A state that the storage may have after a crash, but not after one that comes earlier than this.
struct Version {
  Store store = {};
  Time durable_from = {};
};

// What an undone turn or transaction goes back to.
struct Before {
  Store storage;
  AlarmClock alarm;
  Time gated, durable;
  std::optional<Time> fails_at;
};

// An end of a pair that a request has made.
struct End {
  std::string socket = {};  // that it is since it was accepted
  std::string name = {};    // that it has before: of an outgoing one
  Json attachment = nullptr;
  bool returned = false;
  bool to_worker = false;  // which may have kept it
  bool throws = false;     // a listener that somebody gave it does
  bool throws_at_close = false;
};

struct Ends {
  enum class Response { kNeither, kSelf, kClient };
  End self, client;
  std::optional<int> status;  // of the response
  Response in_response = Response::kNeither;
};

class State {
 public:
  State(const History& history, Findings& findings)
      : alarm(history.alarms_late), history_(history), findings_(findings) {}

  bool program_has(const char* text) const;
  void of_worker(const Json& entry);  // of instance 0
  bool at_end() const { return position_ >= history_.log.size(); }
  // REQUIRES: not at_end().
  const Json& entry() const { return *history_.log[position_]; }
  void skip() { ++position_; }

  // Ends the following with a finding at the present entry.
  [[noreturn]] void find(const std::string& what, std::vector<std::string> statements,
                         std::string message, Json expected = nullptr);
  // The same, for an entry that the program does not explain.
  [[noreturn]] void unexplained();
  void exercised(const std::string& statement) { findings_.exercised.insert(statement); }

  void apply_resets();
  bool reset_is_next() const;
  bool reset_since_last() { return std::exchange(reset_, false); }

  bool alive() const { return alive_; }
  // When the event timeout ends a handler that begins now.
  std::optional<Time> cancelled_at(const Socket& socket) const;
  void check_instance(const Json& entry, const std::string& kind);
  void constructed();
  void begin_turn();
  void undo_turn();
  void changed();  // the storage
  void stored();   // by a write of now
  Before before() const { return {storage, alarm, gate_.least, durable_.least, fails_at_}; }
  // Something holds the object in memory for good.
  void hold_for_ever() { may_be_held_ = true; }
  // What has been written since is undone.
  void undo_to(const Before& before);

  Socket& socket_of(const Json& entry);
  void message(Socket& socket, const Json& entry);
  void close(Socket& socket, const Json& entry);
  void error(Socket& socket, const Json& entry);
  void listener(const Json& entry);
  void close_listener(Socket& socket);
  // The handler of a request is done; null ops: no worker has its response.
  void answered(const std::string& client, bool threw, const Json& worker_ops);
  // A socket of which no client has the other end has been told of its end.
  void check_left();
  // What one end of a pair in the object sent has come to the other.
  void check_pairs();
  void dial(const Json& op, const Scope& scope);
  void fetched(const Json& op, const Scope& scope);
  void open(Socket& socket, const Json& entry);
  // What was dialed has opened, or has been told that it will not.
  void check_dials();

  // The present entry tells that the op threw; `error_name` may be empty for any.
  void expect_throw(const Json& op, const std::string& error_name, const std::string& socket = {},
                    const std::string& statement = {});
  // False for an op that is not followed.
  bool perform(const Json& op, const Scope& scope);

  Followed followed;
  Store storage;
  AlarmClock alarm;
  std::size_t aborts = 0;
  // Of the entry that began the turn, where the log tells.
  std::optional<Time> now;
  // Of the present entry.
  std::optional<Time> present() const;
  static bool has_sent_to_nobody(const Socket& socket);
  bool may_have_sent_to_nobody(const Socket& socket) const;
  bool held_by_sockets() const;
  void judge(const std::optional<Broken>& broken, const std::string& what);
  // What is sent from now on waits for it; `surely`: else maybe nothing was written.
  void wrote(bool surely);
  // No client sees before then what is sent now.
  Time gate() const { return gate_.least; }
  // EXC-04: a write that fails resets the object.
  void check_failed_write(Time by);
  // When all that is written is durable.
  Bounds durable() const { return durable_; }
  // Whether the op before has thrown.
  bool took_throw() { return std::exchange(took_throw_, false); }
  std::string date() const { return history_.scenario_case.configuration.compatibility_date; }
  // In the turn of an event, not behind an await or in a timer.
  bool at_once = true;

 private:
  using Pair = std::pair<std::string, std::string>;

  void unexplained_but_for(const Json& op);
  void expect_value(const Json& op, const Json& value, const std::string& statement,
                    const std::string& socket = {});
  bool perform_on(const Json& op, const Scope& scope, Socket& socket);
  bool perform_storage(const Json& op);
  bool perform_keys(const Json& op);
  bool perform_alarm(const Json& op);
  void sql(const Json& op);
  void settle_candidates(const std::function<bool(const Store&)>& fits);
  std::pair<Duration, Duration> write_latency() const;
  bool writes_surely_fail() const;
  void keep_versions(const Reset& reset);
  // Nothing waits for it (STORE-15).
  void wrote_unconfirmed();
  bool perform_auto_response(const Json& op, const Scope& scope);
  void read_key(const Json& op);
  bool perform_in_fetch(const Json& op, const Scope& scope);
  bool perform_on_end(const Json& op, const Scope& scope, End& end, const End& other);
  void perform_unaccepted(const Json& op, const Scope& scope, End& end);
  void accept(const Json& op, const Scope& scope, End& end, const End& other);
  void accept_hibernatable(const Json& op, const Scope& scope, End& end, const End& other);
  void accepted(Socket socket, End& end, const End& other);
  void respond(const Json& op, const Scope& scope);
  void upgrade(const Json& op, const Scope& scope);
  void get(const Json& op, const std::string& socket);
  void buffered(const Json& op, const std::string& socket);
  const Client& remote_of(const std::string& name) const;
  bool perform_on_outgoing(const Json& op, const Scope& scope, Socket& socket);
  void outgoing_get(const Json& op, const Socket& socket);
  void not_established(Socket& socket, const Json& entry);
  void pair_message(Socket& socket, const Message& message);
  void pair_close(Socket& socket, const Json& entry);
  void pair_loss(Socket& socket, const Json& entry);
  bool request_waits(const Socket& socket) const;
  void closes_first(Socket& socket, const Scope& scope) const;
  void check_loss(const Socket& closer, const Socket& other);
  void judge_worker(const Json& entry);
  void through_worker(const Json& ops, Socket& socket, Answer& answer);
  bool may_be_held() const;
  void kept_close(Socket& socket, const Json& entry);
  void send(const Json& op, const Scope& scope, Socket& socket);
  void close_op(const Json& op, const Scope& scope, Socket& socket);
  // Nothing when the arguments are refused, which is then judged.
  std::optional<websocket::ClosePayload> close_arguments(const Json& op, const Scope& scope,
                                                         const std::string& socket);
  void serialize(const Json& op, const Scope& scope, Json& attachment, const std::string& socket);
  void set_event_timeout(const Json& op);
  void auto_response_time(const Json& op, const Scope& scope, const Socket& socket);
  bool asks_again(const Socket& socket) const;
  void dropped(const Socket& socket, const Json& entry);
  void standard_error(Socket& socket, const Json& entry);
  void standard_close(const Socket& socket, const Json& entry);
  std::optional<int> state_after_end(const Socket& socket) const;
  static void slept(Socket& socket);
  bool has_unsent(const Socket& socket, std::optional<Time> when, const Deed* but) const;
  bool left_while_sending(const Socket& socket) const;
  bool may_have_unsent(const Socket& socket) const;
  void ready_state(const Json& op, const Socket& socket);
  void out(Socket& socket, Out one);
  bool threw(const Json& op, const std::string& socket) const;
  std::vector<std::string> listed(const std::optional<std::string>& tag) const;
  bool is_auto_request(const Socket& socket, const Message& message) const;
  std::optional<Message> received(const Socket& socket, const Json& data) const;
  void check_binary_type(const Json& data);
  bool may_have_ended_untold(const Socket& socket) const;
  void pass_over(Socket& socket, Deed::Kind until, const Message* message);
  std::size_t seen_version() const;
  bool may_have_ended(const Socket& socket) const;
  bool is_connecting(Socket& socket) const;
  bool is_half_closed(const Socket& socket) const;
  Json names(const std::vector<std::string>& list) const;

  bool constructor_sets_auto_response() const;

  const History& history_;
  Findings& findings_;
  std::size_t position_ = 0;
  std::size_t next_reset_ = 0;
  bool reset_ = false;
  std::int64_t instance_ = 0;
  bool alive_ = false;
  std::vector<std::string> order_;    // of acceptance
  bool may_be_held_ = false;          // by a connection whose server end nobody accepted
  bool surely_held_ = false;          // by one that its client has seen (HIB-30)
  std::map<std::string, Ends> ends_;  // by the client whose request made them
  std::optional<Pair> auto_response_;
  std::optional<std::int64_t> event_timeout_;
  std::map<std::string, Json> memory_;
  // Oldest first, and the one that is known to be.
  std::vector<Version> versions_ = {Version{}};
  std::size_t present_ = 0;
  std::size_t gating_ = 0;  // the last that what is sent waits for
  // After a crash: what the storage may be.
  std::optional<std::vector<Store>> candidates_;
  Before turn_;
  Bounds gate_, durable_;
  std::optional<Time> fails_at_;  // a write of which this is known
  bool took_throw_ = false;
  std::map<std::string, std::size_t> turn_out_;
};

}  // namespace torpor::properties
