// What goes on after sync() without having to wait for a write that takes time, and how many of the
// messages that wait are read before it. Source: STORE-25.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "core/object/instance.h"

namespace torpor::object {

class SyncOrder {
 public:
  // The code of a turn begins, of which nothing is known yet.
  void turn_begins();
  // The turn hands an event over, which was ahead of all that waits.
  void event_begins(bool is_message);

  // The code of this turn awaits sync(). `wrote`: it was the first to see to the writes of its
  // turn.
  void wait(Instance::TimerId id, bool wrote);
  // What all that waited for goes first has had its time: nothing is ahead any more.
  void let_all_go();
  void forget_all() { waiting_.clear(); }

  bool empty() const { return waiting_.empty(); }
  bool has_next() const;
  // The next that goes on, in this turn; has_next() says that there is one.
  Instance::TimerId take_next();

 private:
  struct Waiting {
    Instance::TimerId id;
    std::optional<int> ahead;  // so many events go first; nothing: all that come at this instant
    bool reads;                // it is about a message
    bool goes_on() const { return ahead && *ahead <= 0; }
  };

  std::deque<Waiting> waiting_;
  std::uint64_t turn_ = 0;
  std::uint64_t synced_writes_in_ = 0;  // turn
  // How many messages are read, at least, before what awaits sync() in this turn goes on; nothing
  // where the turn is not about a message.
  std::optional<int> reads_first_;
};

}  // namespace torpor::object
