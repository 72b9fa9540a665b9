// What a socket shows of its end.
#include <algorithm>

#include "conformance/properties/follower_state.h"

namespace torpor::properties {

// In the close event of a standard socket: RS-02, RS-03, RS-04.
void State::standard_close(const Socket& socket, const Json& entry) {
  const Json& state = entry.at("readyState");
  if (entry.at("wasClean") == false) {
    if (!socket.close_tried && state != 1)
      find("readyState", {"RS-04"}, "in the close event for a drop readyState is not 1", 1);
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
  if (socket.slept_closed) return std::nullopt;
  if (socket.closed_first) return 3;
  const bool closed = client->second.first(Deed::Kind::kClose) != nullptr;
  const bool broken = client->second.first(Deed::Kind::kReset) != nullptr ||
                      client->second.first(Deed::Kind::kFault) != nullptr;
  if (closed && broken) return std::nullopt;  // which came first is open
  if (broken && !client->second.opened) return std::nullopt;
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

// SEND-11: what the client has not read is more than may be on its way.
bool State::has_unsent(const Socket& socket) const {
  const auto found = history_.clients.find(socket.name);
  const auto& simulation = history_.scenario_case.simulation;
  if (!now || !simulation || found == history_.clients.end() || history_.links_break) return false;
  const Client& client = found->second;
  if (client.offers_compression) return false;
  for (const auto kind :
       {Deed::Kind::kClose, Deed::Kind::kFinish, Deed::Kind::kReset, Deed::Kind::kFault})
    if (client.first(kind)) return false;
  const bool deaf = std::any_of(client.deaf.begin(), client.deaf.end(), [&](const Span& span) {
    return span.from + kSlack < *now && *now + kSlack < span.to;
  });
  std::size_t octets = 0, longest = 0;
  for (const Out& out : socket.out) {
    if (!out.message || out.lost || out.may_be_lost) continue;
    octets += out.message->octets.size();
    longest = std::max(longest, out.message->octets.size());
  }
  for (const Got& got : client.got)
    if (got.at <= *now + kSlack) octets -= std::min(octets, got.message.octets.size());
  octets -= std::min(octets, longest);  // of one message most may have been read
  return deaf && octets > simulation->network.window_octets;
}

}  // namespace torpor::properties
