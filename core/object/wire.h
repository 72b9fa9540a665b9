// What passes between a WebSocket end and the thing it is joined to: a client's connection, or the
// pair's other end inside the same object.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace torpor::object {

enum class MessageType { kText, kBinary };

struct Message {
  MessageType type = MessageType::kText;
  std::string data;  // text: UTF-8, ill-formed octets already replaced as the profile wants
  std::optional<std::string> raw;  // the payload as it came, where it differs from `data`
};

// A Close frame. `payload` is what was on the wire; code and reason are read from it (CLE-01,
// CLE-02).
struct CloseFrame {
  std::optional<std::uint16_t> code;
  std::string reason;
  std::string payload;
};

// The connection ended without a Close frame (CLE-03).
struct Dropped {
  bool reset = false;  // RST: nothing can be sent any more
};

// The peer broke the protocol; the Close frame that says so has been sent already (CLE-09, CLE-10).
struct ProtocolFailure {
  std::uint16_t status_code;
  std::string description;
};

using Incoming = std::variant<Message, CloseFrame, Dropped, ProtocolFailure>;

struct OutgoingMessage {
  MessageType type;
  std::string data;
};
struct OutgoingClose {
  std::string payload;  // code and reason as they go on the wire; empty: no code
};
using Outgoing = std::variant<OutgoingMessage, OutgoingClose>;

class Bed;

// What an end is joined to. Input is pulled: after pump() the link hands over events, one after the
// other, for as long as the end wants input.
class Link {
 public:
  virtual ~Link() = default;
  virtual void send(Outgoing item) = 0;
  virtual void end() = 0;  // the server is done: FIN after what was sent; the link forgets the end
  virtual void cut() { end(); }  // the same, without what has not left yet (SEND-16)
  virtual void pump() = 0;
  // Whether its end learns by itself that the connection is lost: it hears so once it has answered
  // a Close, and does nothing more after a drop. A client's does when a message had come before
  // (OUT-16, STD-21, CLE-12).
  virtual bool tells_of_loss(bool /*message_came*/) const { return false; }
  // Whether a control frame has gone since the last message: then the first of what a fault's Close
  // overtakes follows it (FRAME-14).
  virtual bool is_behind_control_frame() const { return false; }
  virtual std::size_t unsent() const = 0;  // octets that have not left yet (SEND-11)
  // Where the end may be left while it sleeps; null when more hangs on this link than can be made
  // anew.
  virtual Bed* bed() { return nullptr; }
};

}  // namespace torpor::object
