// What each op logs, sends and changes.
#include <algorithm>

#include "conformance/properties/follower_state.h"
#include "conformance/properties/values.h"

namespace torpor::properties {
namespace {

std::string op_name(const Json& op) {
  return op.at("op").get<std::string>();
}

Json field(const Json& op, const char* name, const Json& event) {
  const auto found = op.find(name);
  return found == op.end() ? Json{{"$", "undefined"}} : with_event(*found, event);
}

}  // namespace

void State::expect_value(const Json& op, const Json& value, const std::string& statement,
                         const std::string& socket) {
  exercised(statement);
  Json expected = Json::object();
  if (!socket.empty()) expected["socket"] = socket;
  expected["op"] = op_name(op);
  expected["value"] = value;
  if (at_end()) find(op_name(op), {statement}, "the log ends where the op logs a value", expected);
  for (const auto& [name, member] : expected.items()) {
    if (entry().contains(name) && entry().at(name) == member) continue;
    unexplained_but_for(op);
    find(op_name(op), {statement}, "the op logged something else", expected);
  }
  skip();
}

void State::expect_throw(const Json& op, const std::string& error_name, const std::string& socket,
                         const std::string& statement) {
  const std::string broken = statement.empty() ? "EXC-01" : statement;
  exercised(broken);
  Json expected = Json::object();
  if (!socket.empty()) expected["socket"] = socket;
  expected["op"] = op_name(op);
  const bool fits = !at_end() && entry().value("op", "") == op_name(op) &&
                    entry().contains("throws") &&
                    (socket.empty() || entry().value("socket", Json()) == socket) &&
                    (error_name.empty() || entry()["throws"].value("name", "") == error_name);
  expected["throws"] = {{"name", error_name}};
  if (!fits) {
    unexplained_but_for(op);
    find(op_name(op), {broken}, "the op did not throw as it should have", expected);
  }
  took_throw_ = true;
  skip();
}

// The present entry is of this op on this socket, which threw.
bool State::threw(const Json& op, const std::string& socket) const {
  return !at_end() && entry().value("op", "") == op_name(op) && entry().contains("throws") &&
         entry().value("socket", Json()) == socket;
}

// The present entry is of another op, one that should have logged nothing.
void State::unexplained_but_for(const Json& op) {
  if (at_end() || !entry().contains("throws")) return;
  if (entry().value("op", "") != op_name(op)) unexplained();
}

void State::unexplained() {
  const std::string name = entry().value("op", "");
  std::vector<std::string> statements = {"EXC-01"};
  if (name == "send") statements = {"SEND-04", "SEND-13"};
  if (name == "close") statements = {"CLOSE-02", "CLOSE-07"};
  if (name == "serializeAttachment") statements = {"ATT-01", "ATT-06"};
  if (name == "setAutoResponse") statements = {"AUTO-04"};
  if (name == "setEventTimeout") statements = {"TO-01"};
  if (name == "upgrade") statements = {"TAG-01", "ACC-05"};
  find(name.empty() ? "log" : name, std::move(statements),
       "the program does not explain this entry of the log");
}

Json State::names(const std::vector<std::string>& list) const {
  Json json = Json::array();
  for (const std::string& name : list) json.push_back(tagged(name));
  return json;
}

bool State::perform(const Json& op, const Scope& scope) {
  const std::string name = op_name(op);
  if (name == "microtask") return true;
  if (name == "log") {
    expect_value(op, field(op, "value", scope.event), "EXC-01");
    return true;
  }
  if (scope.in_fetch && perform_in_fetch(op, scope)) return true;
  if (name == "getWebSockets") {
    const auto tag = op.contains("tag") ? text_of(op["tag"]) : std::nullopt;
    if (op.contains("tag") && !tag) return false;
    expect_value(op, names(listed(tag)), tag ? "LIST-02" : "LIST-01");
    return true;
  }
  if (name == "countWebSockets") {
    expect_value(op, listed(std::nullopt).size(), "LIST-04");
    return true;
  }
  if (name == "setEventTimeout") {
    set_event_timeout(op);
    return true;
  }
  if (name == "getEventTimeout") {
    expect_value(op, event_timeout_ ? Json(*event_timeout_) : Json(), "HIB-10");
    return true;
  }
  if (name == "remember") {
    memory_[op.at("key")] = field(op, "value", scope.event);
    return true;
  }
  if (name == "recall") {
    const auto found = memory_.find(op.at("key"));
    expect_value(op, found == memory_.end() ? Json() : found->second, "HIB-10");
    return true;
  }
  if (perform_auto_response(op, scope) || perform_storage(op)) return true;

  const std::string on = op.value("on", "self");
  std::vector<std::string> selected;
  if (on == "self") {
    if (scope.self.empty()) return false;
    selected = {scope.self};
  } else if (on == "all") {
    selected = listed(std::nullopt);
  } else if (on.starts_with("tag:")) {
    selected = listed(on.substr(4));
  } else {
    return false;
  }
  for (const std::string& one : selected) {
    const auto socket = followed.sockets.find(one);
    if (socket == followed.sockets.end() || !perform_on(op, scope, socket->second)) return false;
    if (took_throw_ && op.value("uncaught", false)) return true;
  }
  return true;
}

bool State::perform_auto_response(const Json& op, const Scope& scope) {
  const std::string name = op_name(op);
  if (name == "getAutoResponse") {
    Json value;
    if (auto_response_)
      value = {{"request", auto_response_->first}, {"response", auto_response_->second}};
    expect_value(op, value, "AUTO-06");
    return true;
  }
  if (name != "setAutoResponse") return false;
  if (!op.contains("request") && !op.contains("response")) {
    auto_response_.reset();
    return true;
  }
  const auto request = text_of(field(op, "request", scope.event));
  const auto response = text_of(field(op, "response", scope.event));
  if (!request || !response) throw Stop{};
  if (request->size() > kAutoResponseMax || response->size() > kAutoResponseMax) {
    expect_throw(op, "", {}, "LIMIT-05");
    return true;
  }
  auto_response_ = {*request, *response};
  followed.auto_requests.insert(*request);
  return true;
}

void State::set_event_timeout(const Json& op) {
  const Json args = op.value("args", Json::array());
  if (args.empty()) {
    event_timeout_.reset();
    return;
  }
  if (!args[0].is_number_integer()) throw Stop{};
  const auto ms = args[0].get<std::int64_t>();
  if (ms < 0 || ms > kEventTimeoutMax) return expect_throw(op, "", {}, "LIMIT-06");
  event_timeout_ = ms == 0 ? std::nullopt : std::optional(ms);
}

std::optional<Time> State::cancelled_at(const Socket& socket) const {
  if (!socket.hibernatable || !event_timeout_) return std::nullopt;
  if (!now) throw Stop{};
  return *now + milliseconds(*event_timeout_);
}

bool State::perform_on(const Json& op, const Scope& scope, Socket& socket) {
  const std::string name = op_name(op);
  if (socket.dial && perform_on_outgoing(op, scope, socket)) return true;
  if (name == "send") {
    send(op, scope, socket);
  } else if (name == "close") {
    close_op(op, scope, socket);
  } else if (name == "serializeAttachment") {
    serialize(op, scope, socket.attachment, socket.name);
  } else if (name == "deserializeAttachment") {
    expect_value(op, socket.attachment, "ATT-05", socket.name);
  } else if (name == "getTags") {
    if (!socket.hibernatable) {
      expect_throw(op, "", socket.name, "TAG-05");
    } else {
      expect_value(op, names(socket.tags), "TAG-05", socket.name);
    }
  } else if (name == "readyState") {
    ready_state(op, socket);
  } else if (name == "get") {
    get(op, socket.name);
  } else if (name == "listen") {
    if (!socket.hibernatable) throw Stop{};
  } else if (name == "sameSocket") {
    if (may_have_ended_untold(socket)) return skip(), true;
    expect_value(op, socket.hibernatable && socket.listed, "LIST-06");
  } else if (name == "getAutoResponseTimestamp") {
    auto_response_time(op, scope, socket);
  } else {
    return false;
  }
  return true;
}

void State::auto_response_time(const Json& op, const Scope& scope, const Socket& socket) {
  if (socket.name != scope.self || !socket.hibernatable) throw Stop{};
  const Json value = at_end() ? Json() : entry().value("value", Json());
  // A request that came meanwhile has matched already.
  const bool settled = at_once && !program_has("blockConcurrencyWhile");
  const bool is_date = value == "date" || value == "older date";
  // Which of several was handled cannot be told apart from which was answered.
  const bool uncertain = !settled || socket.auto_request_handled;
  if (uncertain && socket.auto_responses == 0 && is_date) return skip();
  if (socket.auto_responses == 0) return expect_value(op, Json(), "AUTO-07", socket.name);
  const bool older = op.contains("withinMs") && value == "older date";
  expect_value(op, older ? "older date" : "date", "AUTO-07", socket.name);
  if (!op.contains("withinMs") || !now || !history_.transit || uncertain) return;
  const Duration within = milliseconds(op["withinMs"].get<std::int64_t>());
  const Duration least = *now - socket.auto_asked_at - *history_.transit;
  const Duration most = *now - socket.auto_asked_at;
  if (older ? most + kSlack < within : least > within + kSlack && !asks_again(socket))
    find("auto-response", {"AUTO-07"}, "the timestamp is not that of the last request");
}

// What the client has sent since the last message that was handled may have matched meanwhile.
bool State::asks_again(const Socket& socket) const {
  const auto client = history_.clients.find(socket.name);
  if (client == history_.clients.end()) return true;
  const auto& deeds = client->second.deeds;
  return std::any_of(deeds.begin() + static_cast<std::ptrdiff_t>(socket.deeds_seen), deeds.end(),
                     [&](const Deed& deed) {
                       return deed.kind == Deed::Kind::kMessage &&
                              is_auto_request(socket, deed.message) && deed.at <= *now + kSlack;
                     });
}

void State::ready_state(const Json& op, const Socket& socket) {
  if (!socket.hibernatable) throw Stop{};
  if (socket.told_of_end) {
    const auto state = state_after_end(socket);
    if (!state) throw Stop{};
    return expect_value(op, *state, "RS-01", socket.name);
  }
  if (socket.murky) throw Stop{};
  // What the client has done meanwhile may have been taken in already (RS-01).
  const auto client = history_.clients.find(socket.name);
  const bool quiet = client != history_.clients.end() && !history_.links_break &&
                     client->second.first(Deed::Kind::kClose) == nullptr &&
                     client->second.first(Deed::Kind::kFault) == nullptr &&
                     client->second.first(Deed::Kind::kReset) == nullptr &&
                     client->second.first(Deed::Kind::kFinish) == nullptr;
  if (!quiet) {
    if (!at_end()) skip();
    return;
  }
  expect_value(op, socket.server_closed ? 2 : 1, "RS-01", socket.name);
}

void State::out(Socket& socket, Out one) {
  one.version = gating_;
  one.behind = socket.deeds_seen;
  one.at = now;
  one.log = position_;
  if (now) {
    one.not_before = gate_.least;
    if (!history_.writes_fail) one.by = std::max(*now, gate_.most);
  }
  one.may_be_lost = one.may_be_lost || socket.murky ||
                    (socket.told_of_end && (socket.server_closed || !socket.hibernatable));
  socket.out.push_back(std::move(one));
}

void State::send(const Json& op, const Scope& scope, Socket& socket) {
  const auto message = message_in(field(op, "data", scope.event));
  if (!message) throw Stop{};
  const bool uncertain = socket.murky || may_have_ended(socket);
  if (socket.lost && socket.told_of_drop && !socket.closed_before_loss && threw(op, socket.name))
    find("pair", {"PAIR-09"}, "send() threw on an end of a pair that was told of a loss");
  if (uncertain && threw(op, socket.name)) {
    took_throw_ = true;
    return skip();
  }
  if (socket.server_closed && !uncertain)
    return expect_throw(op, "TypeError", socket.name, "SEND-02");
  const bool leaves_now = !history_.writes_late && !history_.writes_fail && !history_.links_break &&
                          !program_has("blockConcurrencyWhile");
  if (socket.forgotten && !socket.told_of_end && leaves_now && !socket.in_vain)
    socket.in_vain = now;
  out(socket, {.message = *message, .may_be_lost = socket.told_of_end || uncertain});
}

std::optional<websocket::ClosePayload> State::close_arguments(const Json& op, const Scope& scope,
                                                              const std::string& socket) {
  const Json args = with_event(op.value("args", Json::array()), scope.event);
  if (args.empty()) return websocket::ClosePayload{};
  if (args.size() > 1 && args[0] == Json{{"$", "undefined"}}) {
    expect_throw(op, "InvalidAccessError", socket, "CLOSE-05");
    return std::nullopt;
  }
  const auto reason = args.size() > 1 ? text_of(args[1]) : std::optional<std::string>("");
  if (!args[0].is_number_integer() || !reason) throw Stop{};
  const auto code = args[0].get<std::int64_t>();
  if (!may_close_with(code)) {
    expect_throw(op, "InvalidAccessError", socket, "CLOSE-02");
    return std::nullopt;
  }
  if (reason->size() > kReasonMax && date() >= "2026-03-03") {
    expect_throw(op, "", socket, "CLOSE-04");
    return std::nullopt;
  }
  return websocket::ClosePayload{static_cast<std::uint16_t>(code), *reason};
}

void State::close_op(const Json& op, const Scope& scope, Socket& socket) {
  const auto close = close_arguments(op, scope, socket.name);
  if (!close) return;
  socket.half_closed = false;
  socket.close_tried = true;
  if (socket.server_closed) return;
  // ACL-01: a standard socket has answered by itself.
  const bool answered = may_have_ended(socket);
  const bool lost = socket.told_of_end && history_.links_break;
  const auto client = history_.clients.find(socket.name);
  const bool dropped = client != history_.clients.end() && socket.told_of_end &&
                       (client->second.first(Deed::Kind::kReset) != nullptr ||
                        client->second.first(Deed::Kind::kFault) != nullptr);
  if (!answered && !socket.peer.empty()) closes_first(socket, scope);
  if (!answered) socket.server_closed = true;
  socket.closed_first |= socket.server_closed && !socket.told_of_end;
  // After a reset close() does nothing (SEND-03), after a FIN it does.
  socket.murky |= lost || dropped;
  out(socket, {.message = {}, .close = *close, .may_be_lost = answered || lost || dropped});
}

void State::serialize(const Json& op, const Scope& scope, Json& attachment,
                      const std::string& socket) {
  const Json value = field(op, "value", scope.event);
  if (value.is_object() && value.value("$", Json()) == "blob") {
    attachment = Json::object();  // that is how it is logged
    return;
  }
  const auto text = text_of(value);
  if (text && serialized_size(*text) > kAttachmentMax)
    return expect_throw(op, "", socket, "ATT-01");
  if (!can_be_cloned(value)) return expect_throw(op, "DataCloneError", socket, "ATT-06");
  attachment = value;
}

}  // namespace torpor::properties
