// Pairs: how a request makes, accepts and returns them, and those of which the object has both
// ends.
#include <algorithm>
#include <array>
#include <string_view>

#include "conformance/properties/follower_state.h"
#include "conformance/properties/values.h"

namespace torpor::properties {
namespace {

constexpr std::array<std::string_view, 10> kSocketOps = {"accept",
                                                         "acceptWebSocket",
                                                         "listen",
                                                         "send",
                                                         "close",
                                                         "serializeAttachment",
                                                         "deserializeAttachment",
                                                         "readyState",
                                                         "get",
                                                         "getTags"};

bool is_socket_op(const std::string& name) {
  return std::find(kSocketOps.begin(), kSocketOps.end(), name) != kSocketOps.end();
}

// TAG-01, TAG-02, TAG-03; nothing when they are refused.
std::optional<std::vector<std::string>> distinct_tags(const Json& given) {
  std::vector<std::string> tags;
  for (const Json& tag : given) {
    const auto text = text_of(tag);
    if (!text) throw Stop{};
    if (tags.size() == kTagsMax || text->size() > kTagMax) return std::nullopt;
    if (std::find(tags.begin(), tags.end(), *text) == tags.end()) tags.push_back(*text);
  }
  return tags;
}

bool has_null_body(int status) {
  return status == 101 || status == 204 || status == 205 || status == 304;
}

constexpr Duration kSurelyEvicted = milliseconds(60'000);

}  // namespace

bool replies_by_itself(const Socket& socket, const History& history) {
  if (socket.hibernatable) return false;
  const bool by_date = history.scenario_case.configuration.compatibility_date >= "2026-04-07";
  return socket.half_open ? !*socket.half_open : by_date;
}

bool State::perform_in_fetch(const Json& op, const Scope& scope) {
  const std::string name = op.at("op");
  if (name == "upgrade") {
    upgrade(op, scope);
    return true;
  }
  if (name == "pair") {
    ends_[scope.client] = {};
    return true;
  }
  if (name == "respond") {
    respond(op, scope);
    return true;
  }
  if (name == "newWebSocket") {
    dial(op, scope);
    return true;
  }
  const std::string on = op.value("on", "self");
  if (!is_socket_op(name) || (on != "self" && on != "client")) return false;
  const auto found = ends_.find(scope.client);
  if (found == ends_.end()) return false;
  Ends& ends = found->second;
  return on == "self" ? perform_on_end(op, scope, ends.self, ends.client)
                      : perform_on_end(op, scope, ends.client, ends.self);
}

bool State::perform_on_end(const Json& op, const Scope& scope, End& end, const End& other) {
  const std::string name = op.at("op");
  const auto own = followed.sockets.find(end.socket);
  if (own != followed.sockets.end() && own->second.dial) return perform_on(op, scope, own->second);
  if (name == "accept") {
    accept(op, scope, end, other);
  } else if (name == "acceptWebSocket") {
    accept_hibernatable(op, scope, end, other);
  } else if (!end.socket.empty()) {
    return perform_on(op, scope, followed.sockets.at(end.socket));
  } else {
    perform_unaccepted(op, scope, end);
  }
  return true;
}

void State::perform_unaccepted(const Json& op, const Scope& scope, End& end) {
  const std::string name = op.at("op");
  if (end.returned && (name == "send" || name == "close")) {
    // When the response left is not known here.
    if (history_.writes_late || history_.writes_fail || end.to_worker) throw Stop{};
    exercised("SEND-15");
    if (name == "close") close_arguments(op, scope, {});
  } else if (name == "send") {
    expect_throw(op, "TypeError", {}, "ACC-04");
  } else if (name == "close") {
    if (close_arguments(op, scope, {})) expect_throw(op, "TypeError", {}, "ACC-04");
  } else if (name == "serializeAttachment") {
    serialize(op, scope, end.attachment, {});
  } else if (name == "deserializeAttachment") {
    expect_value(op, end.attachment, "ATT-07");
  } else if (name == "readyState") {
    expect_value(op, 1, end.returned ? "PAIR-03" : "PAIR-02");
  } else if (name == "getTags") {
    expect_throw(op, "Error", {}, "TAG-05");
  } else if (name == "get") {
    get(op, {});
  } else if (name == "listen" && op.contains("throws") && op["event"] == "message") {
    end.throws = true;
  } else if (name == "listen" && op.contains("throws") && op["event"] == "close") {
    end.throws_at_close = true;
  } else {
    throw Stop{};
  }
}

// What waits for a write, or for the end, is not known here.
void State::buffered(const Json& op, const std::string& socket) {
  const auto own = followed.sockets.find(socket);
  if (own == followed.sockets.end()) return expect_value(op, 0, "SEND-14", socket);
  const auto& out = own->second.out;
  const auto uncertain = [](const Out& one) { return one.may_be_lost || one.lost; };
  const bool open = history_.writes_late || history_.writes_fail || own->second.server_closed ||
                    own->second.told_of_end || !at_once ||
                    std::any_of(out.begin(), out.end(), uncertain);
  if (open && !at_end()) return skip();
  std::size_t octets = 0;
  for (std::size_t i = turn_out_[socket]; i < out.size(); ++i)
    if (out[i].message) octets += out[i].message->octets.size();
  expect_value(op, octets, "SEND-14", socket);
}

// Of any socket but an outgoing one.
void State::get(const Json& op, const std::string& socket) {
  const std::string property = op.at("property");
  if (property == "url") return expect_value(op, nullptr, "PAIR-02", socket);
  if (property == "protocol") return expect_value(op, "", "PAIR-02", socket);
  if (property == "extensions") return expect_value(op, "", "EXT-08", socket);
  if (property == "bufferedAmount") return buffered(op, socket);
  throw Stop{};
}

void State::accept(const Json& op, const Scope& scope, End& end, const End& other) {
  if (!end.socket.empty()) {
    if (followed.sockets.at(end.socket).hibernatable)
      expect_throw(op, "TypeError", end.socket, "ACC-02");
    exercised("ACC-01");
    return;
  }
  if (end.returned || other.returned) throw Stop{};
  Socket socket;
  socket.name = op.value("name", end.name.empty() ? scope.client : end.name);
  const Json options = op.value("options", Json::object());
  if (options.contains("allowHalfOpen")) {
    exercised("ACC-03");
    socket.half_open = options["allowHalfOpen"].get<bool>();
  }
  accepted(std::move(socket), end, other);
}

void State::accept_hibernatable(const Json& op, const Scope& scope, End& end, const End& other) {
  if (!end.socket.empty()) return expect_throw(op, "Error", end.socket, "ACC-05");
  if (!end.name.empty()) return expect_throw(op, "Error", end.name, "OUT-08");
  if (!other.socket.empty() || other.returned) return expect_throw(op, "Error", {}, "ACC-06");
  auto tags = distinct_tags(op.contains("tags") ? with_event(op["tags"], scope.event)
                                                : Json::array({scope.client}));
  if (!tags) return expect_throw(op, "Error", {}, "LIMIT-03");
  if (end.returned) {
    expect_throw(op, "TypeError", {}, "ACC-07");
    throw Stop{};  // the lists hold a socket without a name from now on
  }
  if (tags->empty() || tags->front() != scope.client) throw Stop{};
  Socket socket;
  socket.name = scope.client;
  socket.hibernatable = true;
  socket.tags = *std::move(tags);
  accepted(std::move(socket), end, other);
}

void State::accepted(Socket socket, End& end, const End& other) {
  if (socket.name.empty() || followed.sockets.contains(socket.name)) throw Stop{};
  if (!end.name.empty()) {
    socket.dial = {.by_fetch = true, .connecting = false};
    socket.returned = true;
  }
  end.socket = socket.name;
  socket.attachment = end.attachment;
  socket.listed = true;
  socket.throws = end.throws;
  socket.throws_at_close = end.throws_at_close;
  if (!other.socket.empty()) {
    socket.peer = other.socket;
    followed.sockets.at(other.socket).peer = socket.name;
  }
  order_.push_back(socket.name);
  followed.sockets.emplace(socket.name, std::move(socket));
}

void State::upgrade(const Json& op, const Scope& scope) {
  Ends& ends = ends_[scope.client] = {};
  if (op.at("api") == "standard") {
    accept(op, scope, ends.self, ends.client);
  } else {
    accept_hibernatable(op, scope, ends.self, ends.client);
  }
  if (ends.self.socket.empty() || ends.status) return;
  ends.status = 101;
  ends.in_response = Ends::Response::kClient;
}

void State::respond(const Json& op, const Scope& scope) {
  const int status = op.value("status", 200);
  const bool with_socket = op.contains("webSocket");
  if (op.contains("body") && has_null_body(status))
    return expect_throw(op, "TypeError", {}, "UPG-10");
  if (with_socket != (status == 101)) return expect_throw(op, "RangeError", {}, "UPG-10");
  Ends& ends = ends_[scope.client];
  if (ends.status) return;
  ends.status = status;
  if (!with_socket) return;
  ends.in_response = op["webSocket"] == "client" ? Ends::Response::kClient : Ends::Response::kSelf;
}

void State::answered(const std::string& client, bool threw, const Json& worker_ops) {
  Ends& ends = ends_[client];
  Answer& answer = followed.answers[client];
  answer.status = threw ? 500 : ends.status.value_or(200);
  if (threw || ends.in_response == Ends::Response::kNeither) return;
  const bool own = ends.in_response == Ends::Response::kSelf;
  End& end = own ? ends.self : ends.client;
  const End& other = own ? ends.client : ends.self;
  end.returned = true;
  end.to_worker = !worker_ops.is_null();
  answer.ends_at_once = !end.socket.empty();
  may_be_held_ |= answer.ends_at_once || other.socket.empty();
  const auto asked = history_.clients.find(client);
  const bool seen = asked != history_.clients.end() && asked->second.opened;
  surely_held_ |= seen && !answer.ends_at_once && other.socket.empty() && !history_.links_break;
  if (answer.ends_at_once) {
    Socket& socket = followed.sockets.at(end.socket);
    socket.listed = socket.listed && socket.hibernatable;
  } else if (!other.socket.empty()) {
    Socket& socket = followed.sockets.at(other.socket);
    socket.returned = true;
    if (!worker_ops.is_null()) through_worker(worker_ops, socket, answer);
  }
}

// By something else than a hibernatable socket, at the end of the run.
bool State::may_be_held() const {
  const bool standard = std::any_of(
      followed.sockets.begin(), followed.sockets.end(),
      [](const auto& named) { return !named.second.hibernatable && !named.second.dropped; });
  const bool stopped = std::any_of(history_.clients.begin(), history_.clients.end(),
                                   [](const auto& named) { return named.second.stops_reading; });
  const Json handler = history_.scenario_case.program.value("alarm", Json());
  const bool goes_on = handler.dump().find("setAlarm") != std::string::npos;
  const bool connecting = program_has("fetchWebSocket");
  return standard || stopped || goes_on || connecting || may_be_held_ || history_.writes_fail ||
         history_.links_break;
}

void State::check_left() {
  if (now) check_failed_write(history_.end);
  if (!history_.scenario_case.program.contains("close")) return;
  const bool evicted = history_.last_wait >= kSurelyEvicted && !may_be_held();
  for (const auto& [name, socket] : followed.sockets) {
    if (socket.error_due && !socket.dropped && history_.scenario_case.program.contains("error"))
      find("listener", {"STD-20"}, "a close listener has thrown, and its socket has not failed");
    if (socket.told_of_end || socket.dropped || socket.murky) continue;
    const bool ends = !socket.worker_accepts || socket.worker_close || socket.server_closed;
    if (socket.kept && ends)
      find("worker", {"OUT-11"}, "an object was never told of the end that its worker made");
    const bool unreturned = socket.hibernatable && !socket.returned && socket.peer.empty();
    if (unreturned && evicted && socket.out.empty())
      find("unreturned", {"UPG-15"},
           "an eviction did not tell of the end of a socket that was never returned");
  }
}

// STD-20, STD-22: until that date the program's own listener, behind this one, hears nothing.
void State::close_listener(Socket& socket) {
  if (socket.told_of_end || !socket.peer.empty()) throw Stop{};
  exercised(date() < "2026-09-15" ? "STD-20" : "STD-22");
  skip();
  if (date() >= "2026-09-15") return;
  socket.told_of_end = true;
  socket.listed = socket.half_closed = false;
  const auto client = history_.clients.find(socket.name);
  if (client == history_.clients.end() || history_.links_break) return;
  const auto did = [&](Deed::Kind kind) { return client->second.first(kind) != nullptr; };
  socket.error_due = did(Deed::Kind::kClose) && !did(Deed::Kind::kReset) &&
                     !did(Deed::Kind::kFinish) && !did(Deed::Kind::kFault);
}

void State::listener(const Json& entry) {
  Socket& socket = socket_of(entry);
  if (socket.throws_at_close && entry.value("type", "") == "close") return close_listener(socket);
  if (!socket.throws || socket.failed)
    find("listener", {"ACC-10"},
         "a listener was called that nobody has, or of a hibernatable socket");
  socket.failed = true;
  skip();
}

void State::pair_message(Socket& socket, const Message& message) {
  const std::vector<Out>& sent = followed.sockets.at(socket.peer).out;
  while (socket.peer_seen < sent.size()) {
    const Out& one = sent[socket.peer_seen++];
    if (one.message == message && !one.lost) return;
    if (one.lost || one.may_be_lost) continue;
    find("pair", {"PAIR-04"},
         "what one end of a pair sent to the other was lost, changed or overtaken");
  }
  find("pair", {"PAIR-04"}, "an end of a pair got what the other did not send");
}

namespace {

bool closes(const Socket& end) {
  return std::any_of(end.out.begin(), end.out.end(), [](const Out& one) { return !one.message; });
}

}  // namespace

// Which of the two ends hears of it hangs on turns; that one does, on a Close or a failure of the
// other.
void State::pair_loss(Socket& socket, const Json& entry) {
  exercised("PAIR-05");
  const Socket& peer = followed.sockets.at(socket.peer);
  if (entry.at("error").value("message", "") != "Network connection lost." || socket.hibernatable)
    find("pair", {"PAIR-05"}, "an end of a pair was told an error of another kind");
  socket.closed_before_loss = socket.close_tried;
  if (std::exchange(socket.lost, true))
    find("pair", {"PAIR-05"}, "an end of a pair was told of a loss twice");
  if (!peer.failed && !closes(socket) && !closes(peer))
    find("pair", {"PAIR-05"}, "an end of a pair was told of a loss, and none had closed or failed");
}

void State::pair_close(Socket& socket, const Json& entry) {
  exercised("PAIR-04");
  const Socket& peer = followed.sockets.at(socket.peer);
  if (entry.at("code") == 1006) {
    socket.told_of_drop = true;
    // PAIR-06: what the peer answered may have been lost, and nobody need hear the error.
    const bool both_close = closes(socket) && (closes(peer) || replies_by_itself(peer, history_));
    if (!peer.failed && !both_close)
      find("pair", {"PAIR-04", "CLE-03"}, "a drop was told, and no end had failed");
    return;
  }
  const auto is_told = [&](const Out& out) {
    return !out.message && !out.lost && entry.at("code") == out.close.code.value_or(1005) &&
           entry.at("reason") == (out.close.code ? out.close.reason : "");
  };
  const bool from_peer = std::any_of(peer.out.begin(), peer.out.end(), is_told);
  const bool answer = replies_by_itself(peer, history_) &&
                      std::any_of(socket.out.begin(), socket.out.end(), is_told);
  if (!from_peer && !answer)
    find("pair", {"PAIR-04", "CLE-01"}, "an end of a pair was told of a Close that none sent");
}

void State::closes_first(Socket& socket, const Scope& scope) const {
  const Socket& peer = followed.sockets.at(socket.peer);
  if (peer.server_closed || peer.told_of_end || socket.told_of_end) return;
  socket.first_close = {.in_fetch = scope.in_fetch && at_once,
                        .sent = socket.out.size(),
                        .peer_sent = peer.out.size(),
                        .unseen = socket.out.size() - peer.peer_seen,
                        .peer_unseen = peer.out.size() - socket.peer_seen};
}

// The request that made the pair does, after all that it did to it.
bool State::request_waits(const Socket& socket) const {
  const Json fetch = history_.scenario_case.program.value("fetch", Json::object());
  const auto asked = std::find_if(fetch.begin(), fetch.end(), [&](const Json& ops) {
    return ops.is_array() && ops.dump().find("\"pair\"") != std::string::npos &&
           ops.dump().find("\"far\"") != std::string::npos;
  });
  const bool is_made_there = socket.peer == "far" || socket.name == "far";
  return is_made_there && asked != fetch.end() &&
         asked->dump().find("\"sleep\"") != std::string::npos;
}

// Which end hears of a loss, where nothing but a Close and its answer is sent from then on.
void State::check_loss(const Socket& closer, const Socket& other) {
  const Json& program = history_.scenario_case.program;
  if (history_.writes_late || history_.writes_fail) return;
  if (!closer.first_close || !program.contains("error") || !program.contains("message") ||
      !program.contains("close") || !replies_by_itself(other, history_))
    return;
  for (const Socket* end : {&closer, &other})
    if (end->hibernatable || end->dropped || end->failed || !end->told_of_end) return;
  const PairClose& then = *closer.first_close;
  if (closer.out.size() != then.sent + 1 || other.out.size() != then.peer_sent) return;
  exercised("PAIR-05");
  if (then.unseen + then.peer_unseen == 0 && (closer.lost || !other.lost))
    find("pair", {"PAIR-05"},
         "of a pair with nothing else under way not the end that answered a "
         "Close, and only that, was told of a loss");
  const bool handler_closes = !then.in_fetch && then.sent == 0 && then.peer_unseen == 1;
  if (handler_closes && (closer.lost || other.lost || closer.told_of_drop))
    find("pair", {"PAIR-08"},
         "a Close that a handler sent was not handled before what had come behind its message");
  const bool only_other_sent =
      then.in_fetch && then.sent == 0 && then.peer_unseen == then.peer_sent;
  if (!only_other_sent) return;
  if (then.peer_sent == 1 && request_waits(closer) && !other.lost)
    find("pair", {"PAIR-07"},
         "an end that was let go of in the turn after its answer was taken "
         "was not told of a loss");
  if (then.peer_sent == 1 && !closer.lost)
    find("pair", {"PAIR-05"},
         "the end that closed was not told of a loss, and the other had sent "
         "something in the very turn before");
  if (then.peer_sent == 2 && (!other.lost || !closer.told_of_drop))
    find("pair", {"PAIR-06"}, "an answer to a Close arrived that its end had lost");
}

void State::check_pairs() {
  const Json& program = history_.scenario_case.program;
  for (const auto& [name, socket] : followed.sockets) {
    if (!socket.peer.empty()) check_loss(socket, followed.sockets.at(socket.peer));
    if (socket.peer.empty() || socket.dropped || socket.told_of_end || socket.failed) continue;
    exercised("PAIR-04");
    const Socket& peer = followed.sockets.at(socket.peer);
    if (socket.lost) continue;
    // Without a handler an event is told to nobody.
    const bool hears = program.contains("message"), hears_end = program.contains("close");
    const bool waits =
        std::any_of(peer.out.begin() + static_cast<std::ptrdiff_t>(socket.peer_seen),
                    peer.out.end(), [&](const Out& one) {
                      return !one.lost && !one.may_be_lost && (one.message ? hears : hears_end);
                    });
    if (waits || (peer.failed && hears_end))
      find("pair", {"PAIR-04"}, "an end of a pair was never told what the other did");
  }
}

}  // namespace torpor::properties
