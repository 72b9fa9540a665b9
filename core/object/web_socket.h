// The WebSocket object as code in an instance sees it. Names, checks and errors as the platform's.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/object/durable_object.h"
#include "core/object/event_listeners.h"
#include "core/object/socket_end.h"
#include "core/value/value.h"

namespace torpor::object {

class Instance;

struct AcceptOptions {
  std::optional<bool> allowHalfOpen;
};

struct OpenEvent {};

struct CloseEvent {
  std::uint16_t code;
  std::string reason;
  bool wasClean;
};

// An error event's `error`, and its own `message` ("Uncaught Error: ...").
struct ErrorEvent {
  JsError error;
  std::string message;
};

enum class BinaryType { kBlob, kArrayBuffer };

class WebSocket {
  // First, so that they share a line of the cache with what counts its owners.
  Instance& instance_;
  std::shared_ptr<SocketEnd> end_;

 public:
  WebSocket(Instance& instance, std::shared_ptr<SocketEnd> end);

  // Throws JsError for an end that hibernates or was used in a Response; again on an accepted one
  // is a no-op (ACC-01).
  void accept(AcceptOptions options = {});
  void send(OutgoingMessage message);
  void close(std::optional<std::int32_t> code = std::nullopt,
             std::optional<std::string> reason = std::nullopt);
  ReadyState readyState() const { return end_->state(); }

  // V8 wire format, at most attachment_bytes_max octets; a refused value leaves the old one
  // (ATT-01, ATT-03).
  void serializeAttachment(const value::Value& value);
  value::Value deserializeAttachment() const;

  // Of a standard socket; those of a hibernatable one are never called (ACC-10).
  EventListeners<OpenEvent> onopen;
  EventListeners<Message> onmessage;
  EventListeners<CloseEvent> onclose;
  EventListeners<ErrorEvent> onerror;
  void forget_listeners();

  BinaryType binaryType;
  // null is no value. Of a pair's end these never change (PAIR-02, EXT-08); of new WebSocket() the
  // URL is the one given, and the others tell once it is open what was negotiated (OUT-12).
  std::optional<std::string> url;
  std::optional<std::string> protocol = "";
  std::optional<std::string> extensions = "";

  // Octets of the messages that have been sent and wait: for the end of the turn, or for a write
  // (SEND-14).
  std::size_t bufferedAmount() const { return end_->buffered(); }

  SocketEnd& end() { return *end_; }
  const std::shared_ptr<SocketEnd>& shared_end() { return end_; }
};

}  // namespace torpor::object
