// One end of a WebSocketPair: what of a socket outlives the instance that accepted it. The
// JavaScript-visible object is WebSocket (web_socket.h); it is made anew after hibernation, the end
// is not.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/mutants.h"
#include "core/object/pipe.h"
#include "core/object/ready_state.h"
#include "core/object/sleeping_end.h"
#include "core/object/storage.h"
#include "core/object/wire.h"
#include "core/time.h"

namespace torpor::object {

class Object;
class SocketPair;

enum class SocketMode : std::uint8_t {
  kUnaccepted,
  kStandard,     // accept()
  kHibernatable  // acceptWebSocket()
};

class SocketEnd {
 public:
  SocketEnd(SocketPair& pair, std::uint64_t id) : pair_(pair), id_(id) {}
  SocketEnd(const SocketEnd&) = delete;
  SocketEnd& operator=(const SocketEnd&) = delete;

  std::uint64_t id() const { return id_; }
  SocketEnd& peer() const;
  std::shared_ptr<SocketEnd> shared();

  // Accepting. `object` serves the end's events from then on.
  void accept(Object& object, bool reply_to_close);
  void accept_hibernatable(Object& object, std::vector<std::string> tags);
  SocketMode mode() const { return mode_; }
  const Object* object() const { return object_; }  // null before it is accepted
  Object* owner() const { return object_; }
  bool accepted() const { return mode_ != SocketMode::kUnaccepted; }
  bool peer_accepted() const { return peer_accepted_; }
  bool returned_in_response() const { return returned_; }
  void mark_returned() { returned_ = true; }
  // A response that carried the end has come to other code, which may accept it there.
  void mark_received() {
    returned_ = false;
    with_worker_ = true;
  }
  // That code has let go of it.
  void mark_let_go() { with_worker_ = false; }
  bool with_worker() const { return with_worker_; }
  bool message_seen() const { return message_seen_; }
  bool replies_to_close() const { return reply_to_close_; }

  // Joining. What was sent before leaves at once, in order.
  void attach(Link& link);
  // The ends of a pair that code has accepted both talk to each other (PAIR-04).
  void join_peer_if_accepted();
  void link_lost() { link_ = nullptr; }
  Link* link() const { return link_; }
  // What joins it to the other end of its pair when one object has accepted both, and tells of a
  // loss (PAIR-05); else null.
  PipeLink* telling_pipe() const;
  bool has_queued() const { return queued_from_ < queue_.size(); }
  bool sends_close_next() const;
  std::size_t buffered() const;  // octets of the messages among them
  bool ever_linked() const { return ever_linked_; }
  void end_link();
  void cut_link();  // the same, without what has not left yet

  // Outgoing. Items wait for flush(), which happens at the end of the turn: what an aborted turn
  // queued is lost.
  void queue(Outgoing item);
  void flush();
  void send_next();  // the first of what is queued, whatever it waits for
  void discard_queue();
  // Nothing is read any more: the object has let go of it.
  void end_input() { input_ended_ = true; }
  // Its object was reset: who takes the other end later hears that it was dropped (OUT-19).
  void mark_gone() { gone_ = true; }
  bool is_gone() const { return gone_; }
  // Octets that are still here. For as long as nobody has the other end, 1 stands for all that was
  // sent (HIB-35).
  std::size_t unsent() const {
    if (link_) return link_->unsent();
    const bool holds = !mutants::planted(mutants::Mutant::kUnjoinedDoesNotHold);
    return waits_for_peer() && has_queued() && holds ? 1 : 0;
  }
  void unsent_changed();  // told by the link
  // What was being sent will not arrive (SEND-17); told by the link.
  void write_failed();
  // Whether something has been sent that waits for nothing but the end of the turn.
  bool is_sending() const;

  // Incoming. The link hands over one event at a time while this holds.
  bool wants_input() const { return accepted() && !busy_ && !input_ended_ && !failing_; }
  void take(Incoming incoming);
  void pinged();  // told by the link, which has answered
  // take() will soon be called: the socket that code sees is on its way from memory meanwhile.
  void prefetch_socket() const;
  void set_busy(bool busy) { busy_ = busy; }
  void pump() {
    if (link_) link_->pump();
  }

  // HIB-18: an instance that has seen the socket goes. Its close() is known to the next one, which
  // does not hand it on.
  void hibernate();

  // HibernationManager's: while nobody has this end in hands, whether what is left of it says all
  // that it knows; that; and an end that was made of it, before it has its link.
  bool may_sleep() const;
  SleepingEnd fall_asleep();
  static std::shared_ptr<SocketEnd> awakened(SleepingEnd asleep);
  void take_up(Link& link) { link_ = &link; }
  std::uint64_t age() const { return age_; }
  void set_age(std::uint64_t age) { age_ = age; }

  // An outgoing socket whose handshake is not over.
  bool connecting() const { return connecting_; }
  void set_connecting(bool connecting) { connecting_ = connecting; }

  ReadyState state() const;
  bool closed_incoming() const { return closed_incoming_; }
  bool closed_outgoing() const { return closed_outgoing_; }
  bool outgoing_aborted() const { return outgoing_aborted_; }
  bool input_ended() const { return input_ended_; }
  void set_closed_incoming();
  // A listener has thrown, and the end will be errored.
  void set_failing() { failing_ = true; }
  bool failing() const { return failing_; }
  void set_errored() { errored_ = true; }
  bool errored() const { return errored_; }
  void abort_outgoing() { outgoing_aborted_ = true; }
  // Records the close() and queues its frame.
  void close_outgoing(std::string payload);

  void set_tags(std::vector<std::string> tags) { tags_ = std::move(tags); }
  const std::vector<std::string>& tags() const { return tags_; }

 private:
  struct Queued {
    Outgoing item;
    Storage::Ticket ticket;  // leaves when the writes before it are confirmed
  };
  void finish_if_closed();
  bool waits_for_peer() const { return accepted() && !ever_linked_ && !input_ended_; }

  // What every message needs comes first, so that it shares a line of the cache.
  SocketPair& pair_;
  std::uint64_t id_;
  Object* object_ = nullptr;
  Link* link_ = nullptr;
  std::vector<Queued> queue_;
  std::uint32_t queued_from_ = 0;  // what is before it has left
  SocketMode mode_ = SocketMode::kUnaccepted;
  bool peer_accepted_ = false;
  bool connecting_ = false;
  bool reply_to_close_ = false;
  bool returned_ = false;
  bool with_worker_ = false;
  bool gone_ = false;
  bool ever_linked_ = false;
  bool busy_ = false;  // an event has been handed over and its dispatch has not returned (MSG-08)
  // A Close, a drop or a protocol error was read; nothing more is (CLE-08).
  bool input_ended_ = false;
  bool close_read_ = false;
  bool message_seen_ = false;
  bool close_sent_ = false;
  bool keeps_tcp_open_ = false;  // CLOSE-16
  bool closed_incoming_ = false;
  bool closed_outgoing_ = false;
  bool closed_by_this_instance_ = false;
  // After a Close that had been forgotten: when, and in which event of the object.
  std::optional<std::pair<Time, std::uint64_t>> sent_in_vain_;
  bool outgoing_aborted_ = false;
  bool failing_ = false;
  bool errored_ = false;
  std::uint64_t age_ = 0;  // in the order of acceptance
  std::vector<std::string> tags_;

 public:
  std::optional<std::string> attachment;  // V8 wire format; nothing when never set
  std::optional<Time> auto_response_at;   // AUTO-07
};

// The two ends live and die together; hold an end through the shared pointers handed out here.
class SocketPair : public std::enable_shared_from_this<SocketPair> {
 public:
  SocketPair(std::uint64_t first_id) : ends_{{*this, first_id}, {*this, first_id + 1}} {}
  std::shared_ptr<SocketEnd> end(int index) { return {shared_from_this(), &ends_[index]}; }
  SocketEnd& other(const SocketEnd& end) { return &end == &ends_[0] ? ends_[1] : ends_[0]; }
  // Both ends were accepted by code: they talk to each other. REQUIRES: neither is joined.
  void join_in_memory();
  bool joined_in_memory() const { return pipe_ != nullptr; }
  PipeLink* pipe_of(const SocketEnd& end) const {
    if (!pipe_) return nullptr;
    return &end == &ends_[0] ? &pipe_->first : &pipe_->second;
  }

 private:
  SocketEnd ends_[2];
  std::unique_ptr<Pipe> pipe_;
};

}  // namespace torpor::object
