// What each event does to an object. The order within a function is the platform's and is what the
// rules are about.
#include <algorithm>
#include <utility>

#include "core/mutants.h"
#include "core/object/object.h"
#include "core/object/web_socket.h"

namespace torpor::object {

using mutants::Mutant;
using mutants::planted;

namespace {

constexpr std::uint16_t kNoStatusReceived = 1005;
constexpr std::uint16_t kAbnormalClosure = 1006;
constexpr const char* kDroppedReason = "WebSocket disconnected without sending Close frame.";

CloseEvent close_event(const Incoming& incoming) {
  if (const auto* frame = std::get_if<CloseFrame>(&incoming)) {
    const std::uint16_t without = planted(Mutant::kNoCodeIsNormal) ? 1000 : kNoStatusReceived;
    const std::string reason = planted(Mutant::kReasonLost) ? "" : frame->reason;
    return {frame->code.value_or(without), reason, !planted(Mutant::kNothingIsClean)};
  }
  const std::uint16_t code = planted(Mutant::kDropIsGoingAway) ? 1001 : kAbnormalClosure;
  return {code, planted(Mutant::kDropWithoutReason) ? "" : kDroppedReason,
          planted(Mutant::kDropIsClean)};
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
  if (planted(Mutant::kOpenFired)) call(instance_->socket_of(end)->onopen, OpenEvent{});
}

void Object::socket_event(SocketEnd& end, Incoming incoming) {
  if (const auto* message = std::get_if<Message>(&incoming)) {
    if (auto_respond(end, *message)) return;
    if (planted(Mutant::kEmptyMessageDropped) && message->data.empty()) return;
    if (planted(Mutant::kMessageAfterCloseDropped) && end.closed_outgoing()) return;
    if (planted(Mutant::kWakingMessageLost) && !instance_) return;
    if (planted(Mutant::kWakingMessageTwice) && !instance_)
      pending_.push_back(SocketEvent{end.shared(), *message});
    if (!end.peer_accepted()) ++usage_.messages_in;
  } else {
    const bool overtaken = std::holds_alternative<ProtocolFailure>(incoming) &&
                           end.mode() == SocketMode::kStandard && end.is_sending() &&
                           parameters().control_frames_overtake;
    const bool is_lost = overtaken && is_lost_behind_fault(end);
    if (!end.telling_pipe()) end_input(end, incoming);
    if (is_lost) return write_failed(end);
    if (planted(Mutant::kCloseDoesNotWake) && !instance_) return;
    if (planted(Mutant::kDropUnheardWhileClosing) && end.closed_outgoing() &&
        std::holds_alternative<Dropped>(incoming))
      return;
  }
  if (planted(Mutant::kWakingReordered) && (!instance_ || instance_->blocked())) {
    pending_.push_front(SocketEvent{end.shared(), std::move(incoming)});
    return work();
  }
  end.set_busy(true);
  enqueue(SocketEvent{end.shared(), std::move(incoming)});
}

// What a fault's Close has overtaken is lost, and that is the error (FRAME-13). Where a control
// frame has gone before, the first of it follows the Close; what is lost behind that is not told
// (FRAME-14).
bool Object::is_lost_behind_fault(SocketEnd& end) {
  if (planted(Mutant::kOvertakenNotLost)) return false;
  if (!end.link()->is_behind_control_frame() || planted(Mutant::kOvertakenAlwaysLost)) return true;
  end.send_next();
  const bool was_all = !end.has_queued();
  end.discard_queue();
  return was_all;
}

// AUTO-02, AUTO-03, AUTO-11: the runtime answers, the object neither wakes nor becomes active.
bool Object::auto_respond(SocketEnd& end, const Message& message) {
  const bool hibernatable =
      end.mode() == SocketMode::kHibernatable || planted(Mutant::kAutoResponseOnStandard);
  if (!hibernatable || !manager_.auto_response) return false;
  if (planted(Mutant::kAutoResponseNeedsMemory) && !instance_) return false;
  if (message.type != MessageType::kText && !planted(Mutant::kAutoResponseToBinary)) return false;
  const std::string& octets = message.raw ? *message.raw : message.data;
  const bool begins =
      planted(Mutant::kAutoResponseByPrefix) && octets.starts_with(manager_.auto_response->request);
  if (octets != manager_.auto_response->request && !begins) return false;
  if (planted(Mutant::kAutoResponseWhileClosing) && end.closed_outgoing()) return false;
  ++usage_.auto_responses;
  if (planted(Mutant::kAutoResponseBilled)) ++usage_.messages_in;
  const bool sends = !end.closed_outgoing() && end.link();
  const bool told = sends || !parameters().auto_response_time_is_sending;
  const bool first_only = planted(Mutant::kAutoResponseTimeOfFirst) && end.auto_response_at;
  if (told && !first_only && !planted(Mutant::kAutoResponseTimeless)) end.auto_response_at = now();
  if (sends && planted(Mutant::kAutoResponseWaits)) {
    end.queue(OutgoingMessage{MessageType::kText, manager_.auto_response->response});
    end.flush();
  } else if (sends) {
    end.link()->send(OutgoingMessage{MessageType::kText, manager_.auto_response->response});
  }
  if (planted(Mutant::kAutoResponsePostpones) && instance_) settle();
  if (planted(Mutant::kAutoRespondedHandled)) return false;
  return true;
}

// The runtime's own part in the end of a connection, done before any handler hears of it.
void Object::end_input(SocketEnd& end, const Incoming& incoming) {
  const bool standard = end.mode() == SocketMode::kStandard;
  if (const auto* frame = std::get_if<CloseFrame>(&incoming)) {
    const bool replies =
        standard
            ? end.replies_to_close() && !planted(Mutant::kStandardDoesNotReply)
            : (parameters().hibernatable_auto_reply || planted(Mutant::kHibernatableReplies)) &&
                  flags().web_socket_auto_reply_to_close;
    const bool has_code = frame->code && *frame->code != kNoStatusReceived;
    if (replies && (!end.closed_outgoing() || planted(Mutant::kSecondCloseSent))) {
      // The very same payload, legal or not (ACL-01, ACL-03). It leaves before the event's turn.
      std::string payload = has_code ? frame->payload : "";
      if (planted(Mutant::kReplyIsNormal)) payload = "\x03\xe8";
      if (planted(Mutant::kReplyWithoutReason))
        payload.resize(std::min<std::size_t>(payload.size(), 2));
      end.close_outgoing(std::move(payload));
      to_flush(end.shared());
    }
  } else if (const auto* dropped = std::get_if<Dropped>(&incoming)) {
    const bool deaf = standard && end.link() && end.link()->tells_of_loss(end.message_seen()) &&
                      !planted(Mutant::kDroppedTakesSends);
    if (dropped->reset || deaf) end.abort_outgoing();
    const bool cut_off =
        end.ever_linked() ? standard && end.unsent() > 0 : dropped->reset && end.has_queued();
    if (cut_off) write_failed(end);
    if (standard) end.cut_link();
    unsent_changed(end);
  } else {
    end.abort_outgoing();
    if ((standard && !planted(Mutant::kFailedStandardLingers)) ||
        !parameters().protocol_error_keeps_tcp_open)
      end.end_link();
  }
}

void Object::dispatch(SocketEvent event) {
  const bool ends = !std::holds_alternative<Message>(event.incoming);
  if (ends && event.end->telling_pipe()) end_input(*event.end, event.incoming);
  if (event.end->mode() == SocketMode::kHibernatable) {
    dispatch_hibernatable(event.end, std::move(event.incoming));
    if (ends) finish_hibernatable(event.end);
  } else {
    dispatch_standard(event.end, std::move(event.incoming));
  }
  event.end->set_busy(false);
  if (reset_reason_) return;
  // To the other end of a pair all that was sent here has gone before more is read (PAIR-05).
  if (event.end->telling_pipe()) return to_flush(event.end);
  event.end->pump();
}

void Object::dispatch_hibernatable(const std::shared_ptr<SocketEnd>& end, Incoming incoming) {
  DurableObject& code = instance_->code();
  const Handlers handlers = code.handlers();
  Instance::Run run;
  if (manager_.event_timeout_ms && !planted(Mutant::kTimeoutIgnored))
    run.cancel_at = now() + milliseconds(*manager_.event_timeout_ms);
  if (planted(Mutant::kExceptionEndsSocket))
    run.on_done = [end](std::exception_ptr failure) {
      if (failure) end->end_link();
    };
  const WebSocketPtr socket = instance_->socket_of(end);
  if (auto* message = std::get_if<Message>(&incoming)) {
    if (planted(Mutant::kHibernatableListened)) call(socket->onmessage, *message);
    if (planted(Mutant::kUnhandledMessageEnds) && !handlers.webSocketMessage) end->end_link();
    if (handlers.webSocketMessage)
      instance_->run(code.webSocketMessage(socket, std::move(*message)), run);
    return;
  }
  const bool failed = std::holds_alternative<ProtocolFailure>(incoming);
  if (planted(Mutant::kAttachmentGoneAtTheEnd)) end->attachment.reset();
  if (!planted(Mutant::kErrorShowsOpen) || !failed) end->set_closed_incoming();
  if (planted(Mutant::kUnlistedInItsClose)) manager_.remove(*end);
  if (planted(Mutant::kDropIsAnError) && std::holds_alternative<Dropped>(incoming))
    incoming = ProtocolFailure{1006, kDroppedReason};
  if (planted(Mutant::kAnswerUnheard) && end->closed_outgoing() &&
      std::holds_alternative<CloseFrame>(incoming))
    return;
  if (const auto* failure = std::get_if<ProtocolFailure>(&incoming)) {
    if (handlers.webSocketError)
      instance_->run(code.webSocketError(socket, protocol_error(*failure)), run);
    if (!planted(Mutant::kErrorThenClose)) return;
  }
  const CloseEvent event = close_event(incoming);
  if (planted(Mutant::kThrowingCloseAnswers))
    run.on_done = [this, end](std::exception_ptr failure) {
      if (!failure || end->closed_outgoing()) return;
      end->close_outgoing("\x03\xf3");
      to_flush(end);
    };
  if (handlers.webSocketClose) {
    instance_->run(code.webSocketClose(socket, event.code, event.reason, event.wasClean), run);
  } else if (planted(Mutant::kUnhandledCloseAnswered) && !end->closed_outgoing()) {
    end->close_outgoing("");
    to_flush(end);
  }
}

// LIST-05: the socket leaves the lists when the dispatch has returned. Its connection, if it still
// stands, is held by the instance and ends with it (ACL-05).
void Object::finish_hibernatable(const std::shared_ptr<SocketEnd>& end) {
  if (!planted(Mutant::kListedForEver)) manager_.remove(*end);
  if (planted(Mutant::kUnansweredEndsAtOnce)) end->end_link();
  if (planted(Mutant::kLateAnswerLost)) end->abort_outgoing();
  if (end->link()) leftovers_[end->id()] = end;
}

// Behind what is waiting (STD-23); nothing more is read.
void Object::fail_in_a_later_turn(const std::shared_ptr<SocketEnd>& end, const JsError& failure) {
  if (planted(Mutant::kListenerErrorAtOnce)) return fail_standard(end, failure);
  end->set_failing();
  pending_.push_back(FailureEvent{end, failure});
}

// The other end of its pair will yet take what it has sent (PAIR-05), and then all_taken() is
// called.
bool Object::pipe_is_pumping(const SocketEnd& end) const {
  const PipeLink* pipe = end.telling_pipe();
  return pipe != nullptr && (end.has_queued() || !pipe->all_taken());
}

// The socket fails: what was sent leaves, then TCP ends without a Close (STD-01, CLE-10).
void Object::fail_standard(const std::shared_ptr<SocketEnd>& end, const JsError& failure) {
  const bool is_first = !end->errored();
  if (!planted(Mutant::kFailedShowsOpen)) end->set_errored();
  end->flush();
  end->abort_outgoing();
  if (!planted(Mutant::kFailedStandardLingers) && !pipe_is_pumping(*end)) end->end_link();
  if (is_first)
    call(instance_->socket_of(end)->onerror,
         ErrorEvent{failure, "Uncaught " + failure.name + ": " + failure.message});
  if (planted(Mutant::kFailedThenClosed))
    call(instance_->socket_of(end)->onclose, CloseEvent{kAbnormalClosure, "", false});
  standard_.erase(end->id());
}

void Object::dispatch_standard(const std::shared_ptr<SocketEnd>& end, Incoming incoming) {
  const WebSocketPtr socket = instance_->socket_of(end);
  if (auto* message = std::get_if<Message>(&incoming)) {
    const auto thrown = call(socket->onmessage, *message);
    if (thrown && !planted(Mutant::kThrowingListenerForgiven)) fail_in_a_later_turn(end, *thrown);
    return;
  }
  if (const auto* failure = std::get_if<ProtocolFailure>(&incoming)) {
    return fail_standard(end, protocol_error(*failure));
  }
  const bool closed = std::holds_alternative<CloseFrame>(incoming);
  if ((closed && !planted(Mutant::kHalfClosedShowsOpen)) || planted(Mutant::kDropShowsEarly))
    end->set_closed_incoming();
  const auto thrown = call(socket->onclose, close_event(incoming));
  const bool fails = !flags().spec_compliant_dispatch_exceptions ||
                     planted(Mutant::kThrowingCloseFails);  // STD-22
  if (closed && thrown && fails && !planted(Mutant::kThrowingCloseForgiven))
    return fail_in_a_later_turn(end, *thrown);
  // RS-04: a drop shows in readyState only after its event; what its listener has sent fails, and
  // what is sent later is for nobody (CLE-12).
  if (!closed) end->set_closed_incoming();
  if (!closed && !end->telling_pipe()) {
    if (end->has_queued()) write_failed(*end);
    end->discard_queue();
    if (!planted(Mutant::kDroppedTakesSends)) end->abort_outgoing();
  }
  const bool over = !closed || end->closed_outgoing() || end->outgoing_aborted();
  if (over || planted(Mutant::kHalfClosedDoesNotHold)) standard_.erase(end->id());
  PipeLink* pipe = end->telling_pipe();
  if (pipe && closed && end->closed_outgoing() && !pipe_is_pumping(*end)) pipe->release();
}

// What the end then sends or closes is for nobody (PAIR-09), and it is half-closed no more.
void Object::peer_failed(SocketEnd& end) {
  if (!planted(Mutant::kLostEndCloses)) end.abort_outgoing();
  if (end.closed_incoming()) standard_.erase(end.id());
}

void Object::all_taken(SocketEnd& end) {
  if (PipeLink* pipe = end.telling_pipe()) pipe->will_hear();
  if (flushing_) {
    taken_.push_back(end.shared());
  } else {
    pending_.push_back(taken_event(end.shared()));
  }
}

Object::TakenEvent Object::taken_event(const std::shared_ptr<SocketEnd>& end) const {
  TakenEvent event{end, just_answered_};
  for (const auto& [id, respond] : fetches_) event.fetches.push_back(id);
  return event;
}

void Object::dispatch(TakenEvent event) {
  PipeLink* pipe = event.end->telling_pipe();
  if (event.end->errored()) return event.end->end_link();
  const bool over = held_responses_.empty() &&
                    std::any_of(event.fetches.begin(), event.fetches.end(),
                                [&](std::uint64_t fetch) { return !fetches_.contains(fetch); });
  if (!pipe || !pipe->hears_of_loss(over) || event.end->mode() != SocketMode::kStandard) return;
  dispatch(LossEvent{event.end, false});
}

// The other end hears that it was taken, and what was read is handled, before all else.
void Object::dispatch(const ReadEvent& event) {
  std::deque<Event> later = std::exchange(pending_, {});
  event.end->pump();
  for (Event& next : later) pending_.push_back(std::move(next));
}

void Object::write_failed(SocketEnd& end) {
  if (end.errored() || planted(Mutant::kFailedWriteUnheard)) return;
  end.abort_outgoing();
  enqueue(LossEvent{end.shared(), true});
}

void Object::dispatch(LossEvent event) {
  if (is_worker() && nothing_keeps_worker() && !planted(Mutant::kGoneWorkerHears)) return;
  // STD-23: a listener has thrown, and that is the error that is told.
  if (event.end->failing() && !event.end->telling_pipe() && !event.write_failed &&
      !planted(Mutant::kLossToldBeforeThrown))
    return;
  if (event.end->telling_pipe() || event.write_failed) {
    event.end->set_errored();
    if (!planted(Mutant::kLostEndCloses)) event.end->abort_outgoing();
    standard_.erase(event.end->id());
  }
  if (event.end->mode() == SocketMode::kHibernatable) return;
  call(instance_->socket_of(event.end)->onerror,
       ErrorEvent{error("Network connection lost."), "Uncaught Error: Network connection lost."});
}

void Object::dispatch(FetchEvent event) {
  const std::uint64_t id = next_fetch_++;
  fetches_[id] = std::move(event.respond);
  const bool timed = planted(Mutant::kTimeoutOfRequests) && manager_.event_timeout_ms;
  const auto cancel_at =
      timed ? std::optional(now() + milliseconds(*manager_.event_timeout_ms)) : std::nullopt;
  instance_->run(run_fetch(std::move(event.request), id),
                 {.cancel_at = cancel_at, .hold = Hold::kRequest});
}

Task<> Object::run_fetch(Request request, std::uint64_t id) {
  std::optional<FetchResult> result;
  try {
    const bool upgrade = request.wants_websocket();
    Response response = co_await instance_->code().fetch(std::move(request));
    if (response.web_socket() && !upgrade && !planted(Mutant::kSocketUnasked)) {
      throw type_error(
          "Worker tried to return a WebSocket in a response to a request which did not contain the "
          "header "
          "\"Upgrade: websocket\".");
    }
    result = std::move(response);
  } catch (const JsError& thrown) {
    if (planted(Mutant::kFetchErrorLost))
      result = Response();
    else
      result = thrown;
  }
  answer(id, std::move(*result));
}

void Object::answer(std::uint64_t id, FetchResult result) {
  const auto found = fetches_.find(id);
  const Respond respond = std::move(found->second);
  fetches_.erase(found);
  just_answered_.push_back(id);
  if (const auto* response = std::get_if<Response>(&result)) {
    if (response->web_socket()) response->web_socket()->end().mark_returned();
  }
  respond_when_confirmed(respond, std::move(result));
}

void Object::dispatch(AlarmEvent) {
  DurableObject& code = instance_->code();
  if (!code.handlers().alarm) return;
  if (!planted(Mutant::kAlarmRetriesFree) || alarm_retries_ == 0) ++usage_.alarms;
  instance_->run(code.alarm(),
                 {.on_done = [this](std::exception_ptr failure) { alarm_done(failure); }});
}

// ALARM-03: a failed alarm is tried again, with the wait doubling; a new alarm set meanwhile takes
// its place.
void Object::alarm_done(std::exception_ptr failure) {
  if (failure && planted(Mutant::kFailedAlarmResets)) return reset_after(failure);
  if (planted(Mutant::kAlarmNotRetried)) failure = nullptr;
  if (!failure || alarm_retries_ >= parameters().alarm_retries_max) {
    if (!planted(Mutant::kAlarmRetriesAddUp)) alarm_retries_ = 0;
    return;
  }
  const int doublings = planted(Mutant::kAlarmWaitsTheSame) ? 0 : alarm_retries_;
  const std::int64_t wait_ms = parameters().alarm_retry_first_ms << doublings;
  ++alarm_retries_;
  if (planted(Mutant::kAlarmRetryGates)) return storage_.set_alarm(now() + milliseconds(wait_ms));
  if (!storage_.alarm() || planted(Mutant::kAlarmRetryPrevails))
    storage_.move_alarm(now() + milliseconds(wait_ms));
}

}  // namespace torpor::object
