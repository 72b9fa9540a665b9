// What joins the two ends of a pair when code in one object has accepted both: messages and Close
// pass in memory, in order, and one end's departure is a drop for the other (PAIR-04).
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
  bool tells_of_loss(bool message_came) const override;  // a pair in one object does not

 private:
  void arrive(Incoming incoming);

  SocketEnd& own_;
  PipeLink& other_;
  std::deque<Incoming> arrived_;
};

struct Pipe {
  Pipe(SocketEnd& one, SocketEnd& other) : first(one, second), second(other, first) {}
  PipeLink first;
  PipeLink second;
};

}  // namespace torpor::object
