#include "conformance/properties/follower_state.h"

#include <algorithm>
#include <utility>

#include "conformance/properties/values.h"

namespace torpor::properties {

void State::find(const std::string& what, std::vector<std::string> statements, std::string message,
                 Json expected) {
  Finding finding{.property = "the-log-follows-the-program/" + what,
                  .statements = std::move(statements),
                  .message = std::move(message),
                  .expected = std::move(expected),
                  .got = at_end() ? Json() : entry(),
                  .lane = "object",
                  .event = {}};
  if (!at_end()) finding.event = history_.log_events[position_];
  findings_.found.push_back(std::move(finding));
  throw Stop{};
}

bool State::reset_is_next() const {
  return next_reset_ < history_.resets.size() && history_.resets[next_reset_].after == position_;
}

void State::apply_resets() {
  while (next_reset_ < history_.resets.size() && history_.resets[next_reset_].after <= position_) {
    const Reset& reset = history_.resets[next_reset_++];
    if (reset.after < position_)
      find("reset", {"ABORT-01"}, "the object was reset in the middle of a handler");
    reset_ = true;
    alive_ = false;
    may_be_held_ = surely_held_ = false;
    alarm.restarted();
    for (auto& [name, socket] : followed.sockets) {
      if (!socket.dropped && has_unsent(socket, reset.at, nullptr) && !socket.out.empty())
        socket.out.back().lost = true;  // SEND-16
      socket.dropped = socket.dropped || !socket.told_of_end;
      socket.listed = socket.half_closed = false;
      for (Out& one : socket.out) one.may_be_lost |= history_.writes_late || history_.writes_fail;
    }
    memory_.clear();
    auto_response_.reset();
    event_timeout_.reset();
    // What was not durable becomes so in its time, but in a crash.
    gate_.least = durable_.least = {};
    if (reset.crashed) gate_.most = durable_.most = {};
    fails_at_.reset();
    if (history_.writes_fail || (reset.crashed && history_.writes_late)) keep_versions(reset);
  }
}

// Those that the storage may now have.
void State::keep_versions(const Reset& reset) {
  alarm.lose();
  const std::size_t from = history_.writes_fail ? 0 : seen_version();
  versions_.erase(versions_.begin(), versions_.begin() + static_cast<std::ptrdiff_t>(from));
  // STORE-14.
  if (reset.crashed && reset.at && !history_.writes_fail)
    std::erase_if(versions_, [&](const Version& version) {
      return version.durable_from > *reset.at + kSlack;
    });
  candidates_.emplace();
  for (Version& version : versions_) {
    version.durable_from = {};
    candidates_->push_back(version.store);
  }
  present_ = gating_ = 0;
  for (auto& [name, socket] : followed.sockets) {
    for (Out& one : socket.out) one.version = 0;
  }
}

// The latest state of the storage of which a client has seen something.
std::size_t State::seen_version() const {
  std::size_t seen = 0;
  for (const auto& [name, socket] : followed.sockets) {
    const auto client = history_.clients.find(name);
    if (client == history_.clients.end()) continue;
    auto left =
        std::count_if(client->second.got.begin(), client->second.got.end(), [&](const Got& got) {
          return got.kind == Got::Kind::kMessage &&
                 (got.message.binary || !got.message.octets.starts_with("auto!"));
        });
    for (const Out& one : socket.out) {
      if (!one.message) continue;
      if (left-- <= 0) break;
      seen = std::max(seen, one.version);
    }
  }
  return seen;
}

void State::check_instance(const Json& entry, const std::string& kind) {
  const std::int64_t instance = entry.value("instance", std::int64_t{0});
  const std::int64_t expected = kind == "constructor" ? instance_ + 1 : instance_;
  if (instance != expected || (kind != "constructor" && !alive_)) {
    find("instance", {"HIB-13", "HIB-12"},
         "this is not what the present instance would log: there is one instance, and its "
         "constructor comes first",
         {{"instance", expected}});
  }
}

void State::constructed() {
  ++instance_;
  if (alive_ && surely_held_)
    find("hibernation", {"HIB-30"},
         "the object left memory with a connection whose server end nobody had accepted");
  for (auto& [name, socket] : followed.sockets) {
    if (alive_ && !socket.dropped && is_half_closed(socket))
      find("hibernation", {"HIB-29"}, "the object left memory with a half-closed standard socket");
    if (alive_ && !socket.hibernatable && socket.listed && !history_.links_break) {
      if (!may_have_ended(socket) && !socket.server_closed)
        find("hibernation", {"HIB-08"}, "the object left memory with a standard socket open");
    }
    if (alive_ && !socket.dropped && !socket.told_of_end && has_sent_to_nobody(socket))
      find("hibernation", {"HIB-35"},
           "the object left memory with something sent on a socket that was never returned");
    if (alive_ && !socket.dropped && has_unsent(socket, now, nullptr))
      find("hibernation", {"SEND-11"}, "the object left memory before a client had read all");
    if (alive_) slept(socket);
  }
  if (instance_ > 1) exercised("HIB-10");
  alive_ = true;
  memory_.clear();
}

bool State::is_half_closed(const Socket& socket) const {
  return socket.half_closed &&
         (socket.peer.empty() || !followed.sockets.at(socket.peer).failed);  // PAIR-09
}

// A standard socket's end is known to it before its event is handled (ACL-01).
bool State::may_have_ended(const Socket& socket) const {
  if (socket.hibernatable) return false;
  if (!socket.peer.empty()) {
    const Socket& peer = followed.sockets.at(socket.peer);
    return socket.told_of_end || socket.failed || peer.failed || peer.server_closed;
  }
  const auto client = history_.clients.find(socket.name);
  if (socket.dial && socket.dial->connecting && !socket.told_of_end) {
    return socket.dial->given_up || history_.links_break ||
           (client != history_.clients.end() && (client->second.answer || client->second.refuses));
  }
  if (client == history_.clients.end() || socket.told_of_end || history_.links_break) return true;
  const auto did = [&](Deed::Kind kind) { return client->second.first(kind) != nullptr; };
  return did(Deed::Kind::kClose) || did(Deed::Kind::kFault) || did(Deed::Kind::kFinish) ||
         did(Deed::Kind::kReset);
}

void State::begin_turn() {
  turn_ = before();
  turn_out_.clear();
  for (const auto& [name, socket] : followed.sockets) turn_out_[name] = socket.out.size();
}

void State::undo_turn() {
  undo_to(turn_);
  for (auto& [name, socket] : followed.sockets) {
    for (std::size_t i = turn_out_[name]; i < socket.out.size(); ++i) socket.out[i].lost = true;
  }
  exercised("ABORT-03");
}

void State::undo_to(const Before& before) {
  alarm = before.alarm;
  gate_.least = before.gated;
  durable_.least = before.durable;
  fails_at_ = before.fails_at;
  if (storage == before.storage) return;
  storage = before.storage;
  changed();
}

std::optional<Time> State::present() const {
  if (position_ >= history_.log_times.size()) return std::nullopt;
  return history_.log_times[position_];
}

// HIB-35.
bool State::has_sent_to_nobody(const Socket& socket) {
  const bool sent = std::any_of(socket.out.begin(), socket.out.end(),
                                [](const Out& out) { return !out.lost && !out.may_be_lost; });
  return sent && socket.hibernatable && !socket.returned && !socket.kept && socket.peer.empty();
}

// The same, or its client never saw it open.
bool State::may_have_sent_to_nobody(const Socket& socket) const {
  const auto client = history_.clients.find(socket.name);
  const bool opened = client != history_.clients.end() && client->second.opened;
  return socket.hibernatable && !socket.out.empty() && !socket.dropped && socket.peer.empty() &&
         !(socket.returned && opened && !socket.held);
}

// HIB-08, HIB-29: a standard socket does, until both sides have closed it or it has ended.
bool State::held_by_sockets() const {
  if (may_be_held_) return true;
  return std::any_of(followed.sockets.begin(), followed.sockets.end(), [&](const auto& entry) {
    const Socket& socket = entry.second;
    if (may_have_sent_to_nobody(socket)) return true;
    return !socket.hibernatable && !socket.dropped && (socket.listed || is_half_closed(socket));
  });
}

void State::judge(const std::optional<Broken>& broken, const std::string& what) {
  if (broken) find(what, broken->statements, broken->message);
}

void State::changed() {
  candidates_.reset();
  present_ = versions_.size();
  versions_.push_back({storage});
}

Socket& State::socket_of(const Json& entry) {
  const Json& name = entry.at("socket");
  const auto found =
      name.is_string() ? followed.sockets.find(name.get<std::string>()) : followed.sockets.end();
  if (found == followed.sockets.end())
    find("socket", {"ACC-11", "HIB-10"}, "an event of a socket that the object never accepted");
  Socket& socket = found->second;
  if (socket.dropped)
    find("socket", {"DEPLOY-01", "ABORT-01"}, "an event of a socket that a reset had dropped");
  return socket;
}

bool State::is_auto_request(const Socket& socket, const Message& message) const {
  return socket.hibernatable && !message.binary && followed.auto_requests.contains(message.octets);
}

// Goes on in what the client did, to the message that was delivered, or to the Close.
void State::pass_over(Socket& socket, Deed::Kind until, const Message* message) {
  const auto client = history_.clients.find(socket.name);
  if (client == history_.clients.end() || client->second.connects != 1) throw Stop{};
  const std::vector<Deed>& deeds = client->second.deeds;
  while (socket.deeds_seen < deeds.size()) {
    const Deed& deed = deeds[socket.deeds_seen];
    if (deed.kind == Deed::Kind::kClose || deed.kind == Deed::Kind::kFault) {
      if (until == deed.kind) return;
      if (until == Deed::Kind::kMessage)
        find("delivery", {"CLE-08", "RFC-21"},
             "a message was handled that the client sent after its Close or after a fault");
      return;
    }
    ++socket.deeds_seen;
    if (deed.kind != Deed::Kind::kMessage) continue;
    if (message && deed.message == *message) return;
    if (!is_auto_request(socket, deed.message)) {
      if (!history_.scenario_case.program.contains("message")) continue;  // MSG-11
      find("delivery", {"HIB-14", "SEND-06"},
           "a message of the client was lost, doubled, changed or overtaken",
           deed.message.binary ? Json("(binary)") : Json(deed.message.octets.substr(0, 100)));
    }
    ++socket.auto_responses;
    socket.auto_asked_at = deed.at;
  }
  if (message && !socket.worker_accepts)
    find("delivery", {"HIB-14"},
         "a message was handled that its client did not send, or not twice");
}

void State::message(Socket& socket, const Json& entry) {
  exercised("HIB-14");
  if (socket.told_of_end)
    find("close", {"CLE-08"}, "a message was handled after the end of its socket was told");
  const auto message = received(socket, entry.at("data"));
  if (!message) throw Stop{};
  if (!socket.peer.empty()) return pair_message(socket, *message);
  if (message->binary && !socket.hibernatable) check_binary_type(entry.at("data"));
  // Whether it matches is decided when it comes, maybe before a constructor or a waiting handler
  // has set the pair.
  const bool early = program_has("blockConcurrencyWhile") || constructor_sets_auto_response();
  if (!early && socket.hibernatable && !message->binary && auto_response_ &&
      auto_response_->first == message->octets)
    find("auto-response", {"AUTO-03", "AUTO-11"},
         "a message that the auto-response answers was handled");
  socket.auto_request_handled |= is_auto_request(socket, *message);
  pass_over(socket, Deed::Kind::kMessage, &*message);
  socket.delivered.push_back(position_);
  socket.looked_at = true;
  if (!socket.hibernatable || socket.murky) return;
  const int expected = socket.server_closed ? 2 : 1;
  exercised("RS-01");
  const auto client = history_.clients.find(socket.name);
  const bool write_failed = entry.at("readyState") == 3 && may_have_unsent(socket) &&
                            client != history_.clients.end() &&
                            client->second.first(Deed::Kind::kReset) != nullptr;  // SEND-17
  if (entry.at("readyState") != expected && !write_failed)
    find("readyState", {"RS-01", "RS-08"}, "a message's readyState is wrong",
         {{"readyState", expected}});
}

// What came, by its words or, of a Blob, by its size.
std::optional<Message> State::received(const Socket& socket, const Json& data) const {
  if (!data.is_object() || data.value("$", Json()) != "blob") return message_in(data);
  const auto client = history_.clients.find(socket.name);
  if (client == history_.clients.end()) return std::nullopt;
  const auto& deeds = client->second.deeds;
  for (std::size_t i = socket.deeds_seen; i < deeds.size(); ++i) {
    if (deeds[i].kind != Deed::Kind::kMessage) continue;
    const bool fits =
        deeds[i].message.binary && deeds[i].message.octets.size() == data.value("size", 0u);
    return fits ? std::optional(deeds[i].message) : std::nullopt;
  }
  return std::nullopt;
}

void State::check_binary_type(const Json& data) {
  exercised("BIN-01");
  const char* expected = date() >= "2026-03-17" ? "blob" : "arraybuffer";
  if (data.value("$", Json()) != expected)
    find("delivery", {"BIN-01", "MSG-02"}, "a binary message is of another type", expected);
}

bool State::program_has(const char* text) const {
  return history_.scenario_case.program.dump().find(text) != std::string::npos;
}

bool State::constructor_sets_auto_response() const {
  const Json& program = history_.scenario_case.program;
  const auto constructor = program.find("constructor");
  return constructor != program.end() &&
         constructor->dump().find("setAutoResponse") != std::string::npos;
}

// Without a handler nothing tells that it has opened.
bool State::is_connecting(Socket& socket) const {
  if (!socket.dial || !socket.dial->connecting) return false;
  const bool untold = !history_.scenario_case.program.contains("open");
  if (untold && remote_of(socket.name).answered_well()) socket.dial->connecting = false;
  return socket.dial->connecting;
}

void State::close(Socket& socket, const Json& entry) {
  if (socket.told_of_end) find("close", {"CLE-01"}, "the end of a socket was told twice");
  if (is_connecting(socket)) return not_established(socket, entry);
  if (!socket.peer.empty()) {
    socket.told_of_end = true;
    return pair_close(socket, entry);
  }
  if (socket.kept) {
    socket.told_of_end = true;
    return kept_close(socket, entry);
  }
  const auto found = history_.clients.find(socket.name);
  if (found == history_.clients.end() || found->second.connects != 1) throw Stop{};
  const Client& client = found->second;
  const Deed* closed = client.first(Deed::Kind::kClose);
  const bool broken = client.first(Deed::Kind::kReset) != nullptr ||
                      client.first(Deed::Kind::kFinish) != nullptr || history_.links_break ||
                      !socket.returned;
  socket.told_of_end = true;
  const bool abnormal = entry.at("code") == 1006 && entry.at("wasClean") == false;
  if (abnormal) {
    exercised("CLE-03");
    if (!broken) find("close", {"CLE-03"}, "a drop was told, and nothing had dropped");
    if (entry.at("reason") != "WebSocket disconnected without sending Close frame.")
      find("close", {"CLE-03"}, "a drop was told with another reason");
    if (!socket.returned) return exercised("UPG-15");
    if (!socket.hibernatable && !history_.links_break) return standard_close(socket, entry);
    if (socket.hibernatable && !socket.server_closed) dropped(socket, entry);
    return;
  }
  if (closed == nullptr) find("close", {"CLE-01"}, "a Close was told that the client did not send");
  exercised("CLE-01");
  const Json expected = {{"code", closed->close.code.value_or(1005)},
                         {"reason", closed->close.code ? as_text(closed->close.reason) : ""},
                         {"wasClean", true}};
  for (const char* field : {"code", "reason", "wasClean"}) {
    if (entry.at(field) != expected.at(field))
      find("close", {"CLE-01", "CLE-02"}, "a Close was told with other words than its own",
           expected);
  }
  pass_over(socket, Deed::Kind::kClose, nullptr);
  if (!socket.hibernatable && !history_.links_break) standard_close(socket, entry);
  const bool noticed = socket.in_vain && now && *socket.in_vain + kSlack < *now;
  if (noticed && entry.at("readyState") != 3)
    find("readyState", {"HIB-18"},
         "what was sent in vain after a forgotten close() does not show in webSocketClose", 3);
  if (!socket.hibernatable || socket.murky) return;
  const int state = socket.server_closed ? 3 : 2;
  if (entry.at("readyState") != state)
    find("readyState", {"RS-05"}, "readyState in webSocketClose is wrong", {{"readyState", state}});
}

void State::dropped(const Socket& socket, const Json& entry) {
  const bool failed = left_while_sending(socket);
  if (failed) exercised("SEND-17");
  if (!failed && entry.at("readyState") == 3 && may_have_unsent(socket)) return;
  const int state = failed ? 3 : 2;
  if (entry.at("readyState") != state)
    find("readyState", {"RS-05", "SEND-17"}, "readyState of a dropped socket is wrong",
         {{"readyState", state}});
}

// A standard socket.
void State::standard_error(Socket& socket, const Json& entry) {
  const bool lost =
      entry.at("error").value("message", "") == "Network connection lost." && socket.peer.empty();
  if (std::exchange(socket.error_due, false) && lost)
    find("error", {"STD-23"}, "a close listener has thrown, and the error told of a loss instead");
  if (!socket.told_of_end && entry.at("readyState") != 3)
    find("readyState", {"RS-07"}, "in the error event of a standard socket readyState is not 3", 3);
  const auto client = history_.clients.find(socket.name);
  if (client == history_.clients.end() || socket.told_of_end) {
    socket.told_of_end = true;
    return;
  }
  const Deed* fault = client->second.first(Deed::Kind::kFault);
  if (fault && !lost) {
    socket.fault_named = true;
    if (has_unsent(socket, fault->at, fault) && has_unsent(socket, now, fault))
      find("error", {"FRAME-12"}, "a fault was told in the middle of a message");
  }
  // SEND-17: its close event is yet to come.
  const bool left = client->second.first(Deed::Kind::kReset) != nullptr ||
                    client->second.first(Deed::Kind::kFinish) != nullptr || history_.links_break;
  socket.write_failed = lost && left && !fault;
  socket.told_of_end = !socket.write_failed;
}

void State::error(Socket& socket, const Json& entry) {
  if (is_connecting(socket)) return not_established(socket, entry);
  if (!socket.peer.empty() && !socket.failed) return pair_loss(socket, entry);
  if (!socket.hibernatable) return standard_error(socket, entry);
  const auto client = history_.clients.find(socket.name);
  if (client == history_.clients.end() || client->second.first(Deed::Kind::kFault) == nullptr)
    find("error", {"CLE-09"}, "an error was told, and the client had broken no rule");
  if (socket.told_of_end) find("error", {"CLE-09"}, "the end of a socket was told twice");
  const Deed* fault =
      client == history_.clients.end() ? nullptr : client->second.first(Deed::Kind::kFault);
  if (fault && has_unsent(socket, fault->at, fault) && has_unsent(socket, now, fault))
    find("error", {"FRAME-12"}, "a fault was told in the middle of a message");
  socket.told_of_end = true;
  exercised("CLE-09");
  const websocket::ClosePayload& told = client->second.first(Deed::Kind::kFault)->close;
  const std::string message = "WebSocket protocol error; protocolError.statusCode = " +
                              std::to_string(told.code.value_or(0)) +
                              "; protocolError.description = " + told.reason;
  if (told.code && entry.at("error").value("message", "") != message)
    find("error", {"CLE-09", "FRAME-07"}, "an error was told with other words than the breach has",
         message);
  // The Close that answers the breach is not the object's own.
  const int state = socket.server_closed ? 3 : 2;
  if (!socket.murky && entry.at("readyState") != state)
    find("readyState", {"RS-06", "RS-09"}, "readyState in webSocketError is wrong",
         {{"readyState", state}});
}

// A class without the handler is not told, and the socket is not listed any more (CLE-13).
bool State::may_have_ended_untold(const Socket& socket) const {
  const Json& program = history_.scenario_case.program;
  const auto client = history_.clients.find(socket.name);
  if (client == history_.clients.end()) return true;
  const auto did = [&](Deed::Kind kind) { return client->second.first(kind) != nullptr; };
  if (!program.contains("error") && did(Deed::Kind::kFault)) return true;
  return !program.contains("close") &&
         (socket.kept || !socket.returned || history_.links_break || did(Deed::Kind::kClose) ||
          did(Deed::Kind::kFinish) || did(Deed::Kind::kReset));
}

// Names of the sockets listed: oldest first with a tag, newest first without one.
std::vector<std::string> State::listed(const std::optional<std::string>& tag) const {
  std::vector<std::string> names;
  for (const std::string& name : order_) {
    const Socket& socket = followed.sockets.at(name);
    if (socket.listed && socket.hibernatable && may_have_ended_untold(socket)) throw Stop{};
    if (!socket.listed || !socket.hibernatable) continue;
    const auto& tags = socket.tags;
    if (tag && std::find(tags.begin(), tags.end(), *tag) == tags.end()) continue;
    names.push_back(name);
  }
  if (!tag) std::reverse(names.begin(), names.end());
  return names;
}

}  // namespace torpor::properties
