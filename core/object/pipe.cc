#include "core/object/pipe.h"

#include <utility>

#include "core/mutants.h"
#include "core/object/socket_end.h"
#include "core/websocket/close.h"
#include "core/websocket/utf8.h"

namespace torpor::object {

using mutants::Mutant;
using mutants::planted;

namespace {

Incoming received(OutgoingMessage message) {
  if (message.type == MessageType::kBinary || websocket::is_utf8(message.data))
    return Message{message.type, std::move(message.data), std::nullopt};
  return Message{message.type, websocket::replace_invalid(message.data), message.data};
}

Incoming received(OutgoingClose close) {
  websocket::ClosePayload payload = websocket::decode_close(close.payload);
  return CloseFrame{payload.code, websocket::replace_invalid(payload.reason),
                    std::move(close.payload)};
}

}  // namespace

void PipeLink::will_hear() {
  ++to_hear_;
  taken_in_ = own_.object()->events();
}

void PipeLink::send(Outgoing item) {
  other_.arrive(std::visit([](auto& sent) { return received(std::move(sent)); }, item));
}

bool PipeLink::in_one_object() const {
  return own_.object() == other_.own_.object();
}

bool PipeLink::tells_of_loss(bool /*message_came*/) const {
  const bool waited = close_waited_ && !planted(Mutant::kWaitingCloseTellsOfLoss);  // OUT-18
  return !in_one_object() && !waited;
}

void PipeLink::to_be_joined() {
  close_waited_ = other_.own_.mode() == SocketMode::kHibernatable && other_.own_.sends_close_next();
}

void PipeLink::end() {
  if (planted(Mutant::kPairDropUnheard)) return;
  // What the other end had sent in vain is told there first.
  if (!arrived_.empty() && own_.telling_pipe()) {
    arrived_.clear();
    own_.owner()->close_answered(other_.own_);
  }
  if (own_.errored() && own_.telling_pipe()) own_.owner()->peer_failed(other_.own_);
  other_.other_left_ = true;
  const Object* object = own_.object();
  if (!object || !object->is_flushing(other_.own_)) other_.pump();
}

void PipeLink::arrive(Incoming incoming) {
  arrived_.insert(planted(Mutant::kPairReordered) ? arrived_.begin() : arrived_.end(),
                  std::move(incoming));
  pump();
}

void PipeLink::pump() {
  while (own_.link() == this && own_.wants_input() && (other_left_ || !arrived_.empty())) {
    if (arrived_.empty()) {
      other_left_ = false;
      own_.take(Dropped{});
      return;
    }
    Incoming next = std::move(arrived_.front());
    arrived_.pop_front();
    if (arrived_.empty() && !other_.own_.has_queued() && own_.telling_pipe())
      own_.owner()->all_taken(other_.own_);
    own_.take(std::move(next));
  }
}

void PipeLink::release() {
  if (std::exchange(released_, true)) return;
  if (!other_.released_) other_.abandoned_ = true;
  if (all_taken() || planted(Mutant::kPairAnswerArrives)) return;
  other_.arrived_.clear();
  own_.owner()->close_answered(own_);
  other_.other_left_ = true;
  other_.pump();
}

bool PipeLink::hears_of_loss(bool over) {
  --to_hear_;
  if (abandoned_ || released_early_) {
    if (own_.closed_incoming()) release();
    return !std::exchange(told_of_loss_, true) && !planted(Mutant::kPairLossUntold);
  }
  if (!own_.closed_incoming() || !own_.closed_outgoing() ||
      planted(Mutant::kPairLossOfAnswererOnly))
    return false;
  const bool just_now = own_.object()->events() <= taken_in_ + 1;
  released_early_ =
      !released_ && to_hear_ > 0 && just_now && !over && !planted(Mutant::kPairOwnReleaseUnheard);
  release();
  return false;
}

}  // namespace torpor::object
