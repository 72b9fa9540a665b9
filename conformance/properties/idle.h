// When an object must have left memory, and when it must not: ten seconds after the last thing
// that went on in it (HIB-01 to HIB-09), or when it is told to.
#pragma once

#include <optional>

#include "conformance/properties/alarm_clock.h"
#include "conformance/properties/history.h"

namespace torpor::properties {

class Idle {
 public:
  explicit Idle(const History& history);

  // The object's log goes on now, by a new instance or by the one there was. `held`: something has
  // kept that in memory all the time since the log's last entry.
  std::optional<Broken> goes_on(Time now, bool held, bool new_instance);
  // Something of which the log tells nothing goes on until `least`, or at most until `most`.
  void busy_until(Time least, Time most);
  // The instance is gone, but not because it was idle.
  void lost() {
    last_.reset();
    busy_ = maybe_busy_ = {};
  }

 private:
  bool was_refused_at_once(Time from, Time to) const;
  bool asked_to_leave(Time from, Time to) const;

  const History& history_;
  bool leaves_at_random_ = false;
  // Nothing goes on that neither the log nor the network's rules tell of.
  bool all_is_told_ = true;
  std::optional<Time> last_;
  Time busy_ = {};
  Time maybe_busy_ = {};
};

}  // namespace torpor::properties
