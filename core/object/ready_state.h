// readyState, in one table. Source: RS-01.
#pragma once

namespace torpor::object {

enum class ReadyState { kConnecting = 0, kOpen = 1, kClosing = 2, kClosed = 3 };

// errored | closed incoming | closed outgoing -> state
//   yes   |      any        |      any        -> CLOSED
//   no    |      yes        |      yes        -> CLOSED
//   no    |      one of the two               -> CLOSING
//   no    |      no         |      no         -> OPEN (also before accept, and when dropped or
//   released)
constexpr ReadyState ready_state(bool errored, bool closed_incoming, bool closed_outgoing) {
  if (errored || (closed_incoming && closed_outgoing)) return ReadyState::kClosed;
  if (closed_incoming || closed_outgoing) return ReadyState::kClosing;
  return ReadyState::kOpen;
}

}  // namespace torpor::object
