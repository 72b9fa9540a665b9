// What each event does to an object. The order within a function is the platform's and is what the
// rules are about.
#include <utility>

#include "core/object/object.h"
#include "core/object/web_socket.h"

namespace torpor::object {
namespace {

constexpr std::uint16_t kNoStatusReceived = 1005;
constexpr std::uint16_t kAbnormalClosure = 1006;
constexpr const char* kDroppedReason = "WebSocket disconnected without sending Close frame.";

CloseEvent close_event(const Incoming& incoming) {
  if (const auto* frame = std::get_if<CloseFrame>(&incoming)) {
    return {frame->code.value_or(kNoStatusReceived), frame->reason, true};
  }
  return {kAbnormalClosure, kDroppedReason, false};
}

JsError protocol_error(const ProtocolFailure& failure) {
  return error("WebSocket protocol error; protocolError.statusCode = " +
               std::to_string(failure.status_code) +
               "; protocolError.description = " + failure.description);
}

}  // namespace

void Object::standard_socket_accepted(const std::shared_ptr<SocketEnd>& end) {
  standard_[end->id()] = end;
  unaccepted_.erase(end->id());
}

void Object::socket_event(SocketEnd& end, Incoming incoming) {
  if (const auto* message = std::get_if<Message>(&incoming)) {
    if (auto_respond(end, *message)) return;
    if (!end.peer_accepted()) ++usage_.messages_in;
  } else {
    end_input(end, incoming);
  }
  end.set_busy(true);
  enqueue(SocketEvent{end.shared(), std::move(incoming)});
}

// AUTO-02, AUTO-03, AUTO-11: the runtime answers, the object neither wakes nor becomes active.
bool Object::auto_respond(SocketEnd& end, const Message& message) {
  if (end.mode() != SocketMode::kHibernatable || !manager_.auto_response) return false;
  if (message.type != MessageType::kText) return false;
  if (message.raw.value_or(message.data) != manager_.auto_response->request) return false;
  ++usage_.auto_responses;
  const bool sends = !end.closed_outgoing() && end.link();
  if (sends || !parameters().auto_response_time_is_sending) end.auto_response_at = now();
  if (sends) {
    end.link()->send(OutgoingMessage{MessageType::kText, manager_.auto_response->response});
  }
  return true;
}

// The runtime's own part in the end of a connection, done before any handler hears of it.
void Object::end_input(SocketEnd& end, const Incoming& incoming) {
  const bool standard = end.mode() == SocketMode::kStandard;
  if (const auto* frame = std::get_if<CloseFrame>(&incoming)) {
    const bool replies =
        standard ? end.replies_to_close()
                 : parameters().hibernatable_auto_reply && flags().web_socket_auto_reply_to_close;
    const bool has_code = frame->code && *frame->code != kNoStatusReceived;
    if (replies && !end.closed_outgoing()) {
      // The very same payload, legal or not (ACL-01, ACL-03). It leaves before the event's turn.
      end.close_outgoing(has_code ? frame->payload : "");
      to_flush(end.shared());
    }
  } else if (const auto* dropped = std::get_if<Dropped>(&incoming)) {
    if (dropped->reset) end.abort_outgoing();
    if (standard) end.end_link();
  } else {
    end.abort_outgoing();
    if (standard || !parameters().protocol_error_keeps_tcp_open) end.end_link();
  }
}

void Object::dispatch(SocketEvent event) {
  const bool ends = !std::holds_alternative<Message>(event.incoming);
  if (event.end->mode() == SocketMode::kHibernatable) {
    dispatch_hibernatable(event.end, std::move(event.incoming));
    if (ends) finish_hibernatable(event.end);
  } else {
    dispatch_standard(event.end, std::move(event.incoming));
  }
  event.end->set_busy(false);
  if (!reset_reason_) event.end->pump();
}

void Object::dispatch_hibernatable(const std::shared_ptr<SocketEnd>& end, Incoming incoming) {
  DurableObject& code = instance_->code();
  const Handlers handlers = code.handlers();
  Instance::Run run;
  if (manager_.event_timeout_ms) run.cancel_at = now() + milliseconds(*manager_.event_timeout_ms);
  const WebSocketPtr socket = instance_->socket_of(end);
  if (auto* message = std::get_if<Message>(&incoming)) {
    if (handlers.webSocketMessage)
      instance_->run(code.webSocketMessage(socket, std::move(*message)), run);
    return;
  }
  end->set_closed_incoming();
  if (const auto* failure = std::get_if<ProtocolFailure>(&incoming)) {
    if (handlers.webSocketError)
      instance_->run(code.webSocketError(socket, protocol_error(*failure)), run);
    return;
  }
  const CloseEvent event = close_event(incoming);
  if (handlers.webSocketClose) {
    instance_->run(code.webSocketClose(socket, event.code, event.reason, event.wasClean), run);
  }
}

// LIST-05: the socket leaves the lists when the dispatch has returned. Its connection, if it still
// stands, is held by the instance and ends with it (ACL-05).
void Object::finish_hibernatable(const std::shared_ptr<SocketEnd>& end) {
  manager_.remove(*end);
  if (end->link()) leftovers_[end->id()] = end;
}

// The socket fails: what was sent leaves, then TCP ends without a Close (STD-01, CLE-10).
void Object::fail_standard(const std::shared_ptr<SocketEnd>& end, const JsError& failure) {
  end->set_errored();
  end->flush();
  end->abort_outgoing();
  end->end_link();
  call(instance_->socket_of(end)->onerror,
       ErrorEvent{failure, "Uncaught " + failure.name + ": " + failure.message});
  standard_.erase(end->id());
}

void Object::dispatch_standard(const std::shared_ptr<SocketEnd>& end, Incoming incoming) {
  const WebSocketPtr socket = instance_->socket_of(end);
  if (auto* message = std::get_if<Message>(&incoming)) {
    if (const auto thrown = call(socket->onmessage, *message)) fail_standard(end, *thrown);
    return;
  }
  if (const auto* failure = std::get_if<ProtocolFailure>(&incoming)) {
    return fail_standard(end, protocol_error(*failure));
  }
  const bool closed = std::holds_alternative<CloseFrame>(incoming);
  if (closed) end->set_closed_incoming();
  const auto thrown = call(socket->onclose, close_event(incoming), false);  // STD-20
  if (closed && thrown) return fail_standard(end, *thrown);
  // RS-04: a drop shows in readyState only after its event.
  if (!closed) end->set_closed_incoming();
  if (!closed || end->closed_outgoing()) standard_.erase(end->id());
}

void Object::dispatch(LossEvent event) {
  call(instance_->socket_of(event.end)->onerror,
       ErrorEvent{error("Network connection lost."), "Uncaught Error: Network connection lost."});
}

void Object::dispatch(FetchEvent event) {
  const std::uint64_t id = next_fetch_++;
  fetches_[id] = std::move(event.respond);
  instance_->run(run_fetch(std::move(event.request), id), {.hold = Hold::kRequest});
}

Task<> Object::run_fetch(Request request, std::uint64_t id) {
  std::optional<FetchResult> result;
  try {
    const bool upgrade = request.wants_websocket();
    Response response = co_await instance_->code().fetch(std::move(request));
    if (response.web_socket() && !upgrade) {
      throw type_error(
          "Worker tried to return a WebSocket in a response to a request which did not contain the "
          "header "
          "\"Upgrade: websocket\".");
    }
    result = std::move(response);
  } catch (const JsError& thrown) {
    result = thrown;
  }
  answer(id, std::move(*result));
}

void Object::answer(std::uint64_t id, FetchResult result) {
  const auto found = fetches_.find(id);
  const Respond respond = std::move(found->second);
  fetches_.erase(found);
  if (const auto* response = std::get_if<Response>(&result)) {
    if (response->web_socket()) response->web_socket()->end().mark_returned();
  }
  respond_when_confirmed(respond, std::move(result));
}

void Object::dispatch(AlarmEvent) {
  DurableObject& code = instance_->code();
  if (!code.handlers().alarm) return;
  ++usage_.alarms;
  instance_->run(code.alarm(),
                 {.on_done = [this](std::exception_ptr failure) { alarm_done(failure); }});
}

// ALARM-03: a failed alarm is tried again, with the wait doubling; a new alarm set meanwhile takes
// its place.
void Object::alarm_done(std::exception_ptr failure) {
  if (!failure || alarm_retries_ >= parameters().alarm_retries_max) {
    alarm_retries_ = 0;
    return;
  }
  const std::int64_t wait_ms = parameters().alarm_retry_first_ms << alarm_retries_;
  ++alarm_retries_;
  if (!storage_.alarm()) storage_.set_alarm(now() + milliseconds(wait_ms));
}

}  // namespace torpor::object
