// What joins the two ends of a pair when code in one object has accepted both: messages and Close
// pass in memory, in order, and one end's departure is a drop for the other (PAIR-04).
//
// An end's sends are taken at once where the other end is reading, else when it reads again. The
// end learns of that in a turn of its own, behind what the other has been given to handle. An end
// is let go of when its Close has been taken and it is told of the other's; or in that turn, when
// both have closed by then. If its own turn is yet to come for the other, it hears of a loss
// (PAIR-05). An end that has just been given something to handle does so before the one that sent
// it reads on (PAIR-08).
#pragma once

#include <deque>

#include "core/object/wire.h"

namespace torpor::object {

class SocketEnd;

class PipeLink final : public Link {
 public:
  // `own` is the end that is joined by this link; `other` the link of its peer.
  PipeLink(SocketEnd& own, PipeLink& other) : own_(own), other_(other) {}

  void send(Outgoing item) override;
  void end() override;
  void pump() override;
  std::size_t unsent() const override { return 0; }
  bool tells_of_loss(bool message_came) const override;  // a pair in one object: by PAIR-05

  // Both ends will be joined, and what was sent before will arrive.
  void to_be_joined();
  bool in_one_object() const;
  // Something waits until its own end reads.
  bool has_arrived() const { return !arrived_.empty(); }
  // The other end has taken all that its own end sent.
  bool all_taken() const { return other_.arrived_.empty(); }
  // The end is of no more use: its Close has been read, and its own has been taken. If something
  // has not been, it never will be (PAIR-06).
  void release();
  // What its own end has sent was taken: its turn to hear of that will come.
  void will_hear();
  // That turn has come. Whether it hears that the other end was let go of meanwhile (PAIR-05), or
  // itself (PAIR-07). `over`: a request that was in flight when it sent that has been
  // answered since.
  bool hears_of_loss(bool over);

 private:
  void arrive(Incoming incoming);

  SocketEnd& own_;
  PipeLink& other_;
  std::deque<Incoming> arrived_;
  bool other_left_ = false;  // after what has arrived
  bool close_waited_ = false;
  bool released_ = false;
  bool abandoned_ = false;  // the other end was released before this one
  bool told_of_loss_ = false;
  bool released_early_ = false;  // a turn to hear of the last that it sent was yet to come
  std::size_t to_hear_ = 0;
  std::uint64_t taken_in_ = 0;  // the object's events by then
};

struct Pipe {
  Pipe(SocketEnd& one, SocketEnd& other) : first(one, second), second(other, first) {}
  PipeLink first;
  PipeLink second;
};

}  // namespace torpor::object
