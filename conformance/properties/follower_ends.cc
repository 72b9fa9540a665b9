// What a socket shows of its end.
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
  return socket.close_tried && !broken ? 3 : 2;
}

// HIB-17, HIB-18: the next instance knows what this one has closed, the one after it may not.
void State::slept(Socket& socket) {
  socket.murky |= socket.server_closed && socket.slept_closed;
  socket.slept_closed |= socket.server_closed;
  socket.must_end |= socket.hibernatable && socket.told_of_end && !socket.close_tried;
}

}  // namespace torpor::properties
