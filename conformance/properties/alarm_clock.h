// The one alarm of an object: whether it is set, and when it has to go off.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "conformance/properties/history.h"
#include "core/time.h"

namespace torpor::properties {

// A rule that is broken.
struct Broken {
  std::vector<std::string> statements;
  std::string message;
};

class AlarmClock {
 public:
  // `late`: alarms may be that much later than they are due.
  explicit AlarmClock(Duration late = {}) : late_(late) {}
  // Absent times are unknown, and judge nothing.
  void set(std::optional<Time> due);
  void remove();
  // Whether it is set is not known any more: a write of it may have been lost.
  void lose() { known_ = false; }
  // If it was set it may have gone off in vain, which counts as a failure: it still is.
  void missed();

  bool is_set() const { return set_; }
  bool is_known() const { return known_; }
  bool may_be_due(Time now) const { return !due_ || *due_ <= now + kSlack; }

  // Nothing went off until now; until `free` something may have held it back.
  std::optional<Broken> passes(Time now, Time free) const;
  // The alarm's handler is called.
  std::optional<Broken> rings(std::optional<Time> now);
  // The handler is done: ALARM-03, up to six times, after two seconds and twice as long each time.
  void succeeded();
  void failed(std::optional<Time> now);
  // The process is a new one: how often it has failed may be forgotten.
  void restarted() { retries_known_ = retries_known_ && retries_ == 0; }

 private:
  Duration late_;
  bool set_ = false;
  bool known_ = true;
  std::optional<Time> due_;
  int retries_ = 0;
  bool retries_known_ = true;
};

}  // namespace torpor::properties
