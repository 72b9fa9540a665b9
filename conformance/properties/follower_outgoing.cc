// Sockets that the object opens to a remote.
#include <string>
#include <utility>

#include "conformance/properties/follower_state.h"
#include "conformance/properties/values.h"

namespace torpor::properties {
namespace {

constexpr const char* kNotEstablished = "Failed to establish websocket connection";

}  // namespace

// Of a scenario's remotes each is asked once.
void State::dial(const Json& op, const Scope& scope) {
  const std::string remote = op.value("remote", "");
  if (remote.empty() || followed.sockets.contains(remote)) throw Stop{};
  Socket socket;
  socket.name = remote;
  socket.listed = true;
  socket.returned = true;
  socket.dial = {.path = op.value("path", "/")};
  followed.sockets.emplace(remote, std::move(socket));
  ends_[scope.client].self.socket = remote;
  if (!(storage == turn_.storage)) followed.dialed_after_write[remote] = scope.client;
}

// The present entry is what fetch() came to.
void State::fetched(const Json& op, const Scope& scope) {
  const std::string remote = op.at("remote");
  const Client& client = remote_of(remote);
  if (entry().contains("throws")) {
    const bool no_http = !client.answer && !client.sent.empty();
    if (!client.refuses && !no_http && !history_.links_break &&
        client.first(Deed::Kind::kReset) == nullptr && client.first(Deed::Kind::kFinish) == nullptr)
      find("outgoing", {"OUT-07"}, "fetch() threw, and its remote had not refused");
    throw Stop{};
  }
  const int told = client.answer ? client.answer->status : 0;
  const bool opened = client.answered_well();
  const int status = told == 101 && !opened ? 502 : told;
  expect_value(op, {{"status", status}, {"webSocket", opened}}, "OUT-07");
  if (!opened) throw Stop{};
  End& end = ends_[scope.client].self = {};
  end.name = remote;
}

const Client& State::remote_of(const std::string& name) const {
  const auto found = history_.clients.find(name);
  if (found == history_.clients.end()) throw Stop{};
  return found->second;
}

bool State::perform_on_outgoing(const Json& op, const Scope& scope, Socket& socket) {
  const std::string name = op.at("op");
  Dial& dial = *socket.dial;
  if (name == "acceptWebSocket") {
    expect_throw(op, "Error", socket.name, "OUT-08");
  } else if (name == "get") {
    outgoing_get(op, socket);
  } else if (!dial.connecting) {
    return false;
  } else if (name == "send") {
    if (!dial.given_up && !socket.told_of_end) expect_throw(op, "TypeError", socket.name, "OUT-04");
  } else if (name == "close") {
    if (dial.error_told && !dial.given_up && !socket.told_of_end) throw Stop{};
    if (close_arguments(op, scope, socket.name)) dial.given_up |= !socket.told_of_end;
  } else if (name == "readyState") {
    const int state = dial.error_told || socket.told_of_end ? 3 : dial.given_up ? 1 : 0;
    expect_value(op, state, dial.given_up ? "CLOSE-10" : "OUT-03", socket.name);
  } else {
    return false;
  }
  return true;
}

void State::outgoing_get(const Json& op, const Socket& socket) {
  const Dial& dial = *socket.dial;
  if (dial.by_fetch) return get(op, socket.name);
  const std::string property = op.at("property");
  if (property == "url")
    return expect_value(op, "ws://" + socket.name + dial.path, "OUT-12", socket.name);
  if (property != "protocol" && property != "extensions") throw Stop{};
  if (dial.connecting) return expect_value(op, "", "OUT-12", socket.name);
  Json value;
  for (const auto& [header, given] : remote_of(socket.name).answer->headers) {
    if (header ==
        "Sec-WebSocket-" + std::string(property == "protocol" ? "Protocol" : "Extensions"))
      value = given ? Json(*given) : Json();
  }
  expect_value(op, value, "OUT-12", socket.name);
}

void State::open(Socket& socket, const Json& entry) {
  if (!socket.dial || !socket.dial->connecting || socket.dial->given_up)
    find("outgoing", {"OUT-03", "STD-06"}, "a socket opened that was not connecting");
  if (!remote_of(socket.name).answered_well())
    find("outgoing", {"OUT-05", "OUT-13"}, "a socket opened on an answer that is no right 101");
  exercised("OUT-03");
  socket.dial->connecting = false;
  if (entry.at("readyState") != 1)
    find("readyState", {"OUT-03"}, "readyState in the open event is wrong", {{"readyState", 1}});
}

// An error, then a close: that is how a socket which never opened ends.
void State::not_established(Socket& socket, const Json& entry) {
  Dial& dial = *socket.dial;
  exercised("OUT-05");
  const Client& remote = remote_of(socket.name);
  const bool why = dial.given_up || remote.refuses || history_.links_break ||
                   (remote.answer && !remote.answered_well()) ||
                   (!remote.answer && !remote.sent.empty()) ||  // no HTTP
                   remote.first(Deed::Kind::kReset) != nullptr ||
                   remote.first(Deed::Kind::kFinish) != nullptr;
  if (!why) find("outgoing", {"OUT-03"}, "a socket did not open, and its remote had answered well");
  if (entry.at("readyState") != 3)
    find("readyState", {"OUT-05"}, "readyState of a socket that never opened is wrong",
         {{"readyState", 3}});
  if (entry.at("event") == "error") {
    if (dial.error_told) find("outgoing", {"OUT-05"}, "a socket that never opened failed twice");
    dial.error_told = true;
    return;
  }
  if (!dial.error_told && history_.scenario_case.program.contains("error"))
    find("outgoing", {"OUT-05"}, "a socket that never opened was closed without an error before");
  socket.told_of_end = true;
  if (entry.at("code") != 1006 || entry.at("reason") != kNotEstablished ||
      entry.at("wasClean") != false)
    find("outgoing", {"OUT-05"}, "a socket that never opened was closed with other words",
         {{"code", 1006}, {"reason", kNotEstablished}, {"wasClean", false}});
}

// The run goes on for so long after what was done last that everything of it has been told.
constexpr Duration kSurelyHeard = milliseconds(5'000);

void State::check_dials() {
  for (const auto& [name, socket] : followed.sockets) {
    if (!socket.dial || !socket.dial->connecting || socket.dropped || socket.told_of_end ||
        history_.links_break || history_.writes_fail)
      continue;
    const Client& remote = remote_of(name);
    const bool hears_end = history_.scenario_case.program.contains("close");
    if (socket.dial->given_up && !hears_end) continue;
    if (socket.dial->given_up)
      find("outgoing", {"CLOSE-10"}, "a socket that was given up was never told so");
    const bool hears_open = history_.scenario_case.program.contains("open");
    if (hears_open && remote.answered_well() && history_.last_wait >= kSurelyHeard)
      find("outgoing", {"OUT-03"}, "a remote answered, and the socket never opened");
    if (hears_end &&
        (remote.refuses || (remote.answer && !remote.answered_well() && !remote.sent.empty())))
      find("outgoing", {"OUT-05"}, "a remote refused, and the socket was never told so");
  }
}

}  // namespace torpor::properties
