// How a WebSocket connection ended, told from one client's events alone.
//
//   Close by client | Close by server | transport                       | end
//   any             | any             | RST by either side              | reset
//   first           | second, other code                                | wrong code
//   one of the two sent a Close, the other did not                      | unanswered
//   both            |                 | the client's FIN came first     | wrong side
//   both            |                 | the server's FIN                | clean
//   both            |                 | no end                          | open
//   neither         |                 | FIN by either side              | wrong side
//   neither         |                 | no end                          | open
//
// "wrong side": the transport was ended by the side that should not have: RFC 6455 has the server
// end it, after a Close. A client that answers the server's Close with another code is the
// scenario's doing, not a wrong code.
#pragma once

#include <string>

#include "conformance/judge/verdict.h"
#include "core/trace/trace.h"

namespace torpor::judge {

// none when this client never had an open WebSocket.
End end_of_client(const trace::Trace& trace, const std::string& client);
// The worst over all clients.
End end_of(const trace::Trace& trace);

}  // namespace torpor::judge
