// A socket that the object opens to a remote: the requests that make it, and what the remote does.
#pragma once

#include "conformance/explore/draw.h"
#include "core/json.h"

namespace torpor::explore {

inline constexpr const char* kRemote = "remote";
inline constexpr const char* kDialSegment = "dial";

// Adds the handler of the segment, and of the socket's open event.
void add_outgoing(Draw draw, Json& program);

struct Dialing {
  Json steps = Json::array();
  bool opens = false;  // the remote is a peer from then on
};

// The request that dials, and what the remote answers; `client` is who asks for it.
Dialing dial(Draw& draw, const std::string& client);

}  // namespace torpor::explore
