// What the frames of a client come to, by the rules: messages once they are complete, and breaches
// with the Close that tells of them.
#pragma once

#include <optional>
#include <string>

#include "conformance/scenario/step.h"
#include "core/websocket/close.h"

namespace torpor::properties {

struct Deed;

class Frames {
 public:
  // `deflate`: compression was negotiated.
  Deed take(const scenario::step::Frame& frame, bool deflate);
  // A whole message: a breach in the middle of another (FRAME-03).
  Deed take(const scenario::step::Send& send);

 private:
  std::optional<websocket::ClosePayload> breach(const scenario::step::Frame& frame,
                                                std::size_t size, bool deflate) const;
  Deed data(const scenario::step::Frame& frame, std::string payload);

  bool in_message_ = false;
  bool binary_ = false;
  bool compressed_ = false;
  std::string octets_;
};

}  // namespace torpor::properties
