// The base class of an object under the platform: override the handlers the class has and say which
// those are.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/object/http.h"
#include "core/object/js_error.h"
#include "core/object/task.h"
#include "core/object/wire.h"

namespace torpor::object {

class WebSocket;
using WebSocketPtr = std::shared_ptr<WebSocket>;

// Which handlers a class has: an event without one runs nothing (MSG-11, CLE-13).
struct Handlers {
  bool webSocketMessage = true;
  bool webSocketClose = true;
  bool webSocketError = true;
  bool alarm = true;
};

class DurableObject {
 public:
  virtual ~DurableObject() = default;

  virtual Handlers handlers() const { return {}; }
  virtual Task<Response> fetch(Request) { co_return Response(); }
  virtual Task<> webSocketMessage(WebSocketPtr, Message) { co_return; }
  virtual Task<> webSocketClose(WebSocketPtr, std::uint16_t /*code*/, std::string /*reason*/,
                                bool /*wasClean*/) {
    co_return;
  }
  virtual Task<> webSocketError(WebSocketPtr, JsError) { co_return; }
  virtual Task<> alarm() { co_return; }
};

}  // namespace torpor::object
