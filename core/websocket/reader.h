// Turns received octets into events: the whole receiving side of RFC 6455 and RFC 7692, with the
// strictness that a Policy chooses.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "core/websocket/bytes.h"
#include "core/websocket/deflate.h"
#include "core/websocket/event.h"
#include "core/websocket/frame.h"
#include "core/websocket/policy.h"
#include "core/websocket/role.h"
#include "core/websocket/utf8.h"

namespace torpor::websocket {

inline constexpr std::uint64_t kMessageBytesMax = 32u << 20;  // MSG-03

class Reader {
 public:
  struct Options {
    Role role = Role::kServer;  // this end: a server reads what a client sent
    std::uint64_t message_bytes_max = kMessageBytesMax;
    Policy policy = Policy::workerd();
    std::optional<DeflateParameters> deflate = std::nullopt;
  };

  explicit Reader(const Options& options);

  // Only stores. What is in the octets is found out by next().
  void feed(std::string_view bytes);

  // Demand-driven (FRAME-09): reads as far as one event needs, no further. Nothing when more octets
  // are needed, and for ever after CloseReceived or ProtocolError.
  std::optional<Event> next();

  // Octets of an unfinished frame, or fragments of an unfinished message, are held. Meaningful
  // after next() returned nothing.
  bool mid_message() const;

  // Nothing is held, and nothing is remembered but what compression does. Meaningful after next()
  // returned nothing.
  bool idle() const { return !finished_ && !mid_message(); }

  // CloseReceived or ProtocolError was returned.
  bool finished() const { return finished_; }

 private:
  std::optional<Event> read_event(std::string_view& unread);
  std::optional<Fault> check_header() const;
  std::optional<Fault> check_header_strictly() const;
  std::optional<Fault> take_payload(std::string_view& unread);
  std::optional<Event> end_frame();
  std::optional<Event> end_data_frame();
  Event end_message();
  Event end_text();
  Event end_close();
  Event failure(Fault fault) const;
  std::uint64_t allowance() const;
  std::uint8_t message_opcode() const;
  bool marked_compressed() const;

  Options options_;
  Bytes buffer_;
  std::size_t position_ = 0;  // buffer_[0, position_) has been read
  FrameHeaderReader header_reader_;
  FrameHeader header_;               // of the frame being read
  std::uint64_t payload_taken_ = 0;  // octets of it that have been read
  Bytes message_;                    // data so far, this frame's included
  Bytes control_;
  std::unique_ptr<Inflater> inflater_;
  Utf8Validator utf8_;
  std::uint8_t message_opcode_ = 0;  // of the first fragment
  bool message_rsv1_ = false;        // of the first fragment
  bool in_frame_ = false;            // header_ is valid
  bool in_fragments_ = false;        // a first fragment is complete, the last one is not
  bool finished_ = false;
};

}  // namespace torpor::websocket
