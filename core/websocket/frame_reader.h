// Frames as they are on the wire, unmasked and unjudged: for traces, and for clients that must see
// what a server really sent, illegal frames included.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/websocket/bytes.h"
#include "core/websocket/frame.h"

namespace torpor::websocket {

struct Frame {
  FrameHeader header;
  Bytes payload;  // mask removed

  bool operator==(const Frame&) const = default;
};

class FrameReader {
 public:
  void feed(std::string_view bytes) { buffer_.append(bytes); }
  // The next complete frame. Demand-driven, like Reader::next. A frame that declares more octets
  // than ever arrive never completes; memory grows only with octets that did arrive.
  std::optional<Frame> next();
  // After next() returned nothing: octets of an unfinished frame are held.
  bool mid_frame() const;

 private:
  Bytes buffer_;
  std::size_t position_ = 0;  // buffer_[0, position_) has been used
  FrameHeaderReader header_reader_;
  std::optional<Frame> frame_;  // header read, payload incomplete
};

}  // namespace torpor::websocket
