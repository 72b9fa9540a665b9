// What a socket shows of its end.
#include <algorithm>

#include "conformance/properties/follower_state.h"

namespace torpor::properties {

// In the close event of a standard socket: RS-02, RS-03, RS-04.
void State::standard_close(const Socket& socket, const Json& entry) {
  const Json& state = entry.at("readyState");
  if (entry.at("wasClean") == false) {
    if (socket.kept) return;  // CLE-16 or CLE-12: by what its worker has done
    const int expected = socket.write_failed ? 3 : 1;
    const bool pong_unsent = state == 3 && may_have_unsent(socket);
    if (!socket.close_tried && state != expected && !pong_unsent)
      find("readyState", {"RS-04", "SEND-17"}, "in the close event for a drop readyState is wrong",
           expected);
    if (!socket.write_failed && left_while_sending(socket))
      find("error", {"SEND-17"},
           "a connection ended in the middle of a message, and no error told");
    return;
  }
  const bool replies = replies_by_itself(socket, history_);
  if (replies && state != 3)
    find("readyState", {"RS-03"}, "in the close event of a socket that has answered it is not 3",
         3);
  if (!replies && state != 2 && !(socket.close_tried && state == 3))
    find("readyState", {"RS-02"},
         "in the close event of a socket that has not answered it is not 2", 2);
}

// After the end of a hibernatable socket was told: 3 once both sides have closed, but close() does
// nothing after a reset or a breach of the protocol (SEND-03, CLE-09).
std::optional<int> State::state_after_end(const Socket& socket) const {
  const auto client = history_.clients.find(socket.name);
  if (client == history_.clients.end() || history_.links_break) return std::nullopt;
  if (socket.slept_closed || socket.kept) return std::nullopt;
  if (socket.closed_first) return 3;
  const bool closed = client->second.first(Deed::Kind::kClose) != nullptr;
  const bool broken = client->second.first(Deed::Kind::kReset) != nullptr ||
                      client->second.first(Deed::Kind::kFault) != nullptr;
  if (closed && broken) return std::nullopt;  // which came first is open
  if (broken && !client->second.opened) return std::nullopt;
  if (broken && may_have_unsent(socket)) return std::nullopt;  // SEND-17
  return socket.close_tried && !broken ? 3 : 2;
}

// HIB-17, HIB-18: the next instance knows what this one has closed, the one after it may not.
void State::slept(Socket& socket) {
  const bool twice = socket.server_closed && socket.slept_closed;
  socket.forgotten = twice && !socket.murky && socket.looked_at;
  socket.looked_at = false;
  socket.in_vain.reset();
  socket.murky |= twice;
  socket.slept_closed |= socket.server_closed;
  socket.must_end |= socket.hibernatable && socket.told_of_end && !socket.close_tried;
}

// SEND-11: what the client has not read at that time is more than may be on its way. With all that
// the client had sent until then taken in: `but` is its last deed.
bool State::has_unsent(const Socket& socket, std::optional<Time> when, const Deed* but) const {
  const auto found = history_.clients.find(socket.name);
  const auto& simulation = history_.scenario_case.simulation;
  if (!when || !simulation || found == history_.clients.end() || history_.links_break) return false;
  const Client& client = found->second;
  if (client.offers_compression) return false;
  for (const auto kind :
       {Deed::Kind::kClose, Deed::Kind::kFinish, Deed::Kind::kReset, Deed::Kind::kFault}) {
    const Deed* deed = client.first(kind);
    if (deed && deed != but) return false;
  }
  const auto deaf = std::find_if(client.deaf.begin(), client.deaf.end(), [&](const Span& span) {
    return span.from + kSlack < *when && *when + kSlack < span.to;
  });
  if (deaf == client.deaf.end()) return false;
  std::size_t octets = 0, longest = 0, since = 0;
  for (const Out& out : socket.out) {
    if (!out.message || out.lost || out.may_be_lost) continue;
    if (but && (!out.by || *out.by + kSlack > *when)) continue;
    octets += out.message->octets.size();
    if (out.at && *out.at > deaf->from + kSlack) since += out.message->octets.size();
    longest = std::max(longest, out.message->octets.size());
  }
  for (const Got& got : client.got)
    if (got.at <= *when + kSlack) octets -= std::min(octets, got.message.octets.size());
  octets -= std::min(octets, longest);  // of one message most may have been read
  return std::max(octets, since) > simulation->network.window_octets;
}

// SEND-17. A FIN ends a standard socket's connection only.
bool State::left_while_sending(const Socket& socket) const {
  const auto client = history_.clients.find(socket.name);
  if (client == history_.clients.end()) return false;
  const Deed* reset = client->second.first(Deed::Kind::kReset);
  const Deed* left =
      reset || socket.hibernatable ? reset : client->second.first(Deed::Kind::kFinish);
  return left && has_unsent(socket, left->at, left) && has_unsent(socket, now, left);
}

// What a client did not leave room for may not have left; nor what a real connection was told to
// carry after a reset that nobody had seen yet.
bool State::may_have_unsent(const Socket& socket) const {
  const auto client = history_.clients.find(socket.name);
  if (history_.window_fills || client == history_.clients.end()) return true;
  const bool is_real = !now;  // only the simulator tells times
  return client->second.stops_reading || (is_real && client->second.first(Deed::Kind::kReset));
}

}  // namespace torpor::properties
