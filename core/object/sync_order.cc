#include "core/object/sync_order.h"

#include <algorithm>

#include "core/mutants.h"

namespace torpor::object {

using mutants::Mutant;
using mutants::planted;

void SyncOrder::turn_begins() {
  ++turn_;
  reads_first_.reset();
}

void SyncOrder::event_begins(bool is_message) {
  for (Waiting& waiting : waiting_)
    if (waiting.ahead) --*waiting.ahead;
  if (is_message) reads_first_ = 0;
}

// A message of the same socket is read a moment after the one before has been handed over; what
// other events there are go first.
void SyncOrder::wait(Instance::TimerId id, bool wrote) {
  if (wrote) synced_writes_in_ = turn_;
  Waiting waiting{id, reads_first_, reads_first_.has_value()};
  if (waiting.ahead && synced_writes_in_ == turn_) ++*waiting.ahead;
  if (planted(Mutant::kSyncGoesFirst)) waiting.ahead = 0;
  waiting_.push_back(waiting);
}

void SyncOrder::let_all_go() {
  for (Waiting& waiting : waiting_) waiting.ahead = 0;
}

bool SyncOrder::has_next() const {
  return std::any_of(waiting_.begin(), waiting_.end(),
                     [](const Waiting& waiting) { return waiting.goes_on(); });
}

Instance::TimerId SyncOrder::take_next() {
  const auto next = std::find_if(waiting_.begin(), waiting_.end(),
                                 [](const Waiting& waiting) { return waiting.goes_on(); });
  const Waiting taken = *next;
  waiting_.erase(next);
  if (taken.reads) reads_first_ = 1;
  return taken.id;
}

}  // namespace torpor::object
