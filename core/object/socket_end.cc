#include "core/object/socket_end.h"

#include <cassert>
#include <utility>

#include "core/mutants.h"
#include "core/object/object.h"

namespace torpor::object {

using mutants::Mutant;
using mutants::planted;

SocketEnd& SocketEnd::peer() const {
  return pair_.other(*this);
}

std::shared_ptr<SocketEnd> SocketEnd::shared() {
  return {pair_.shared_from_this(), this};
}

void SocketEnd::accept(Object& object, bool reply_to_close) {
  object_ = &object;
  mode_ = SocketMode::kStandard;
  peer().peer_accepted_ = true;
  reply_to_close_ = reply_to_close;
}

void SocketEnd::accept_hibernatable(Object& object, std::vector<std::string> tags) {
  object_ = &object;
  mode_ = SocketMode::kHibernatable;
  peer().peer_accepted_ = true;
  set_tags(std::move(tags));
}

void SocketEnd::join_peer_if_accepted() {
  if (planted(Mutant::kPairNotJoined)) return;
  if (accepted() && peer().is_gone() && wants_input()) return take(Dropped{});
  if (accepted() && peer_accepted_ && !ever_linked_) pair_.join_in_memory();
}

PipeLink* SocketEnd::telling_pipe() const {
  PipeLink* pipe = pair_.pipe_of(*this);
  const bool tells = pipe != nullptr && pipe->in_one_object() &&
                     object_->parameters().answered_close_tells_of_loss;
  return tells ? pipe : nullptr;
}

void SocketPair::join_in_memory() {
  pipe_ = std::make_unique<Pipe>(ends_[0], ends_[1]);
  pipe_->first.to_be_joined();
  pipe_->second.to_be_joined();
  ends_[0].attach(pipe_->first);
  ends_[1].attach(pipe_->second);
  for (SocketEnd& end : ends_) end.unsent_changed();
}

void SocketEnd::attach(Link& link) {
  link_ = &link;
  ever_linked_ = true;
  if (planted(Mutant::kSentEarlyLost)) discard_queue();
  flush();
}

void SocketEnd::end_link() {
  if (Link* link = std::exchange(link_, nullptr)) link->end();
}

void SocketEnd::cut_link() {
  if (planted(Mutant::kUnsentOutlivesReset)) return end_link();
  if (Link* link = std::exchange(link_, nullptr)) link->cut();
}

void SocketEnd::queue(Outgoing item) {
  const auto place = planted(Mutant::kSentBackwards)
                         ? queue_.begin() + static_cast<std::ptrdiff_t>(queued_from_)
                         : queue_.end();
  queue_.insert(place, {std::move(item), object_->storage().ticket()});
}

// Its memory is given back: sockets are many, and most of them idle.
void SocketEnd::discard_queue() {
  std::vector<Queued>().swap(queue_);
  queued_from_ = 0;
}

bool SocketEnd::sends_close_next() const {
  return has_queued() && std::holds_alternative<OutgoingClose>(queue_[queued_from_].item);
}

std::size_t SocketEnd::buffered() const {
  std::size_t octets = 0;
  for (std::size_t i = queued_from_; i < queue_.size(); ++i) {
    if (const auto* message = std::get_if<OutgoingMessage>(&queue_[i].item))
      octets += message->data.size();
  }
  return planted(Mutant::kNothingBuffered) ? 0 : octets;
}

void SocketEnd::flush() {
  if (!link_) return;
  while (link_ && queued_from_ < queue_.size()) {
    const Queued& next = queue_[queued_from_];
    const bool waits = !planted(std::holds_alternative<OutgoingClose>(next.item)
                                    ? Mutant::kCloseLeavesBeforeWrite
                                    : Mutant::kMessageLeavesBeforeWrite);
    if (waits && !object_->storage().confirmed(next.ticket)) {
      object_->held_back(shared());
      break;
    }
    send_next();
  }
  const bool answered = link_ && close_read_ && close_sent_ && mode_ == SocketMode::kStandard &&
                        object_->parameters().answered_close_tells_of_loss &&
                        link_->tells_of_loss(message_seen_);
  finish_if_closed();
  if (answered) object_->close_answered(*this);
}

void SocketEnd::send_next() {
  Outgoing item = std::move(queue_[queued_from_].item);
  if (++queued_from_ == queue_.size()) discard_queue();
  if (close_sent_ && !planted(Mutant::kSecondCloseSent) &&
      !planted(Mutant::kMessageAfterCloseSent)) {
    if (!sent_in_vain_ && !planted(Mutant::kForgottenCloseUnnoticed))
      sent_in_vain_ = {object_->now(), object_->events()};
    return;
  }
  const bool closes = std::holds_alternative<OutgoingClose>(item);
  close_sent_ = close_sent_ || closes;
  if (!closes && !peer_accepted_) ++object_->usage().messages_out;
  if (planted(Mutant::kMessageSentTwice) && !closes) link_->send(Outgoing(item));
  link_->send(std::move(item));
}

// CLOSE-15: once nothing more can come and our Close is out, TCP ends.
void SocketEnd::finish_if_closed() {
  if (planted(Mutant::kConnectionStaysOpen)) return;
  const bool answered = input_ended_ || planted(Mutant::kAnswerNotAwaited);
  if (answered && close_sent_ && !keeps_tcp_open_) end_link();
}

void SocketEnd::take(Incoming incoming) {
  assert(wants_input());
  if (std::holds_alternative<Message>(incoming)) {
    message_seen_ = true;
  } else {
    input_ended_ =
        !(planted(Mutant::kDropHeardAfterClose) && std::holds_alternative<CloseFrame>(incoming));
    close_read_ = std::holds_alternative<CloseFrame>(incoming);
    keeps_tcp_open_ = std::holds_alternative<CloseFrame>(incoming) && close_sent_ &&
                      !message_seen_ && mode_ == SocketMode::kHibernatable &&
                      object_->parameters().close_as_first_frame_keeps_tcp_open;
    // FRAME-11: behind the server's own Close a fault ends the connection, else its Close does.
    if (!std::holds_alternative<ProtocolFailure>(incoming) || close_sent_) finish_if_closed();
  }
  object_->socket_event(*this, std::move(incoming));
}

bool SocketEnd::may_sleep() const {
  const bool waits = link_ && ever_linked_ && mode_ == SocketMode::kHibernatable && queue_.empty();
  const bool something_happened =
      connecting_ || reply_to_close_ || returned_ || busy_ || input_ended_ || close_read_ ||
      close_sent_ || keeps_tcp_open_ || closed_incoming_ || closed_outgoing_ ||
      closed_by_this_instance_ || sent_in_vain_ || outgoing_aborted_ || failing_ || errored_;
  const SocketEnd& other = peer();
  const bool other_is_as_returned = other.mode_ == SocketMode::kUnaccepted && other.returned_ &&
                                    !other.connecting_ && !other.errored_ && !other.attachment &&
                                    !other.auto_response_at && other.queue_.empty();
  return waits && !something_happened && !peer_accepted_ && other_is_as_returned &&
         !pair_.joined_in_memory();
}

SleepingEnd SocketEnd::fall_asleep() {
  SleepingEnd asleep;
  asleep.object = object_;
  asleep.age = age_;
  asleep.id = id_;
  asleep.message_seen = message_seen_;
  asleep.attachment = PackedOctets(attachment);
  if (auto_response_at || !tags_.empty()) {
    asleep.rare =
        std::make_unique<SleepingEnd::Rare>(SleepingEnd::Rare{std::move(tags_), auto_response_at});
  }
  return asleep;
}

std::shared_ptr<SocketEnd> SocketEnd::awakened(SleepingEnd asleep) {
  // The ids of a pair are an odd number and the even one behind it.
  const int index = asleep.id % 2 == 1 ? 0 : 1;
  const auto pair = std::make_shared<SocketPair>(asleep.id - static_cast<std::uint64_t>(index));
  std::shared_ptr<SocketEnd> end = pair->end(index);
  end->peer().returned_ = true;
  SleepingEnd::Rare rare = asleep.rare ? std::move(*asleep.rare) : SleepingEnd::Rare();
  end->accept_hibernatable(*asleep.object, std::move(rare.tags));
  end->ever_linked_ = true;
  end->message_seen_ = asleep.message_seen;
  end->age_ = asleep.age;
  end->attachment = asleep.attachment.octets();
  end->auto_response_at = rare.auto_response_at;
  return end;
}

void SocketEnd::hibernate() {
  if (planted(Mutant::kAttachmentLostAsleep)) attachment.reset();
  if (planted(Mutant::kAutoResponseTimeLostAsleep)) auto_response_at.reset();
  errored_ = false;  // of a write that failed the next instance knows nothing
  if (planted(Mutant::kCloseForgottenAsleep)) closed_by_this_instance_ = false;
  const bool forgets = object_->parameters().second_hibernation_forgets_close ||
                       planted(Mutant::kCloseForgottenAsleep);
  if (forgets) closed_outgoing_ = closed_by_this_instance_;
  closed_by_this_instance_ = false;
}

void SocketEnd::prefetch_socket() const {
  if (object_) object_->prefetch_socket(id_);
}

void SocketEnd::pinged() {
  object_->pinged();
}

ReadyState SocketEnd::state() const {
  if (connecting_) return ReadyState::kConnecting;
  if (planted(Mutant::kReturnedShowsClosed) && returned_) return ReadyState::kClosed;
  if (planted(Mutant::kRepliedShowsClosing) && mode_ == SocketMode::kStandard && reply_to_close_ &&
      closed_incoming_)
    return ReadyState::kClosing;
  if (planted(Mutant::kClosedAtOnce) && closed_outgoing_) return ReadyState::kClosed;
  const bool closed_incoming = closed_incoming_ && !planted(Mutant::kTheirCloseUnseen);
  return ready_state(errored_, closed_incoming,
                     closed_outgoing_ || (closed_incoming_ && sent_in_vain_));
}

// Of what was sent in vain just now, in the event before, nothing is known yet (HIB-18): the real
// server takes a moment, less than a millisecond.
void SocketEnd::set_closed_incoming() {
  constexpr Duration kJustNow = milliseconds(1);
  closed_incoming_ = true;
  if (sent_in_vain_ && object_->now() - sent_in_vain_->first < kJustNow &&
      sent_in_vain_->second + 1 == object_->events())
    sent_in_vain_.reset();
}

void SocketEnd::unsent_changed() {
  if (object_) object_->unsent_changed(*this);
}

void SocketEnd::write_failed() {
  if (object_) object_->write_failed(*this);
}

bool SocketEnd::is_sending() const {
  return link_ && has_queued() && object_->storage().confirmed(queue_[queued_from_].ticket);
}

void SocketEnd::close_outgoing(std::string payload) {
  closed_outgoing_ = closed_by_this_instance_ = true;
  queue(OutgoingClose{std::move(payload)});
}

}  // namespace torpor::object
