// What a client sends frame by frame: messages in fragments or in an unusual form, and breaches of
// the protocol.
#pragma once

#include <string>

#include "conformance/explore/draw.h"
#include "core/json.h"

namespace torpor::explore {

struct FrameSender {
  std::string client;
  bool deflate = false;   // it has offered compression
  bool standard = false;  // its binary messages come as Blobs
};

// A message, in one step or more; `text` is its payload. With `compressed` set, its first frame is
// marked: of the client's own window nothing is known to the server from then on.
Json message_frames(Draw& draw, const FrameSender& sender, const std::string& text, bool compressed,
                    const std::string& ping);
// Something that fails the connection, the last step of it at least.
Json breach_frames(Draw& draw, const FrameSender& sender, const std::string& payload);

}  // namespace torpor::explore
