// The output gate: what code sends leaves when the writes made before it are durable. Source:
// SEND-07, SEND-08, CLOSE-12, EXC-04, ABORT-06.
#include <utility>

#include "core/mutants.h"
#include "core/object/object.h"

namespace torpor::object {

using mutants::Mutant;
using mutants::planted;

void Object::end_turn() {
  if (reset_reason_) return;
  do {
    if (!storage_.end_turn(now())) return fail_writes();
  } while (release());
}

void Object::fail_writes() {
  reset_reason_ = error("storage: a write has failed; the object was reset.");
}

void Object::confirm_writes() {
  if (!storage_.confirm(now())) fail_writes();
  work();
}

// Lets go what waited; false when nothing was confirmed since the last time.
bool Object::release() {
  if (std::exchange(released_, storage_.first_unconfirmed()) == storage_.first_unconfirmed())
    return false;
  for (const auto& end : std::exchange(held_back_, {})) to_flush(end);
  for (const std::uint64_t id : std::exchange(held_connects_, {})) to_connect_.push_back(id);
  while (!held_responses_.empty() && storage_.confirmed(held_responses_.front().ticket)) {
    const HeldResponse held = std::move(held_responses_.front());
    held_responses_.pop_front();
    held.respond(held.result);
  }
  while (!held_waiters_.empty() && storage_.confirmed(held_waiters_.front().ticket)) {
    const HeldWaiter held = held_waiters_.front();
    held_waiters_.pop_front();
    instance_->resume(held.waiter);
  }
  return true;
}

void Object::respond_when_confirmed(Respond respond, FetchResult result) {
  if (storage_.confirmed(storage_.ticket()) || planted(Mutant::kResponseLeavesBeforeWrite))
    return respond(std::move(result));
  held_responses_.push_back({storage_.ticket(), std::move(respond), std::move(result)});
}

void Object::when_confirmed(Instance::Waiter waiter) {
  held_waiters_.push_back({storage_.ticket(), waiter});
}

void Object::forget_waiter(std::coroutine_handle<> waiter) {
  std::erase_if(held_waiters_,
                [&](const HeldWaiter& held) { return held.waiter.handle == waiter; });
}

void Object::crash() {
  if (!planted(Mutant::kCrashKeepsUnconfirmed)) storage_.lose_unconfirmed();
  crashed_ = true;
  reset("The process has died.");
  if (!planted(Mutant::kCrashLosesStorage)) return;
  storage_.remove_all(true);
  end_turn();
}

}  // namespace torpor::object
