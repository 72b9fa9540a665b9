// The end of an instance that nobody asked: abort, crash, deploy, a failed write or constructor.
// Source: ABORT-01 to ABORT-06, HIB-15, HIB-31, DEPLOY-01.
#include <utility>

#include "core/mutants.h"
#include "core/object/object.h"

namespace torpor::object {

using mutants::Mutant;
using mutants::planted;

namespace {

constexpr const char* kBlockedTooLong =
    "A call to blockConcurrencyWhile() in a Durable Object waited for too long. The call was "
    "canceled and the Durable Object was reset.";

JsError as_js_error(std::exception_ptr failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const JsError& thrown) {
    return thrown;
  } catch (const Aborted& aborted) {
    return error(aborted.reason);
  } catch (const Cancelled&) {
    return error(kBlockedTooLong);
  }
}

}  // namespace

// What user code throws is the user's affair (EXC-01), but abort() ends the object.
void Object::report(std::exception_ptr failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const Aborted&) {
    reset_after(failure);
  } catch (const JsError&) {
    if (planted(Mutant::kExceptionResets)) reset_after(failure);
    if (planted(Mutant::kExceptionUndoesWrites)) storage_.undo_turn();
  }
}

void Object::reset_after(std::exception_ptr failure) {
  if (!reset_reason_) reset_reason_ = as_js_error(failure);
}

void Object::reset(const std::string& reason) {
  if (planted(Mutant::kResetSparesSleepers) && !instance_) return;
  reset_reason_ = error(reason);
  work();
}

void Object::do_reset() {
  const JsError reason = *std::exchange(reset_reason_, std::nullopt);
  const bool gate_was_closed = blocked();
  if (planted(Mutant::kAbortedTurnSends)) flush_all();
  if (!planted(Mutant::kAbortedTurnWrites)) storage_.undo_turn();
  if (planted(Mutant::kResetDeletesStorage)) storage_.remove_all(false);
  if (planted(Mutant::kResetDeletesAlarm)) storage_.take_alarm();
  const bool kept_in_memory =
      planted(Mutant::kResetKeepsMemory) && holds() && instance_->holds().none();
  if (!kept_in_memory) instance_.reset();
  to_flush_.clear();
  held_back_.clear();
  held_waiters_.clear();
  sync_order_.forget_all();
  forget_all_connecting();
  drop_all_sockets();
  HibernationManager before = std::exchange(manager_, HibernationManager());
  if (planted(Mutant::kResetKeepsAutoResponse)) manager_.auto_response = before.auto_response;
  if (planted(Mutant::kResetKeepsTimeout)) manager_.event_timeout_ms = before.event_timeout_ms;
  if (planted(Mutant::kResetKeepsList)) manager_ = std::move(before);
  const bool crashed = std::exchange(crashed_, false);
  host_.was_reset(*this, crashed);
  if (wanted_eviction_) wanted_eviction_->forgotten = true;
  std::deque<Event> kept;
  for (Event& event : pending_) {
    const bool outlives = std::holds_alternative<FetchEvent>(event) ||
                          std::holds_alternative<AlarmEvent>(event) ||
                          planted(Mutant::kResetKeepsEvents);
    if (outlives) kept.push_back(std::move(event));
  }
  pending_ = std::move(kept);
  reject_fetches(reason);
  if (gate_was_closed) fail_waiting(reason);
}

// What waited behind a gate that does not open any more fails with it (HIB-31).
void Object::fail_waiting(const JsError& reason) {
  std::deque<Event> kept;
  for (Event& event : pending_) {
    if (auto* fetch = std::get_if<FetchEvent>(&event)) {
      fetch->respond(reason);
    } else {
      kept.push_back(std::move(event));
    }
  }
  pending_ = std::move(kept);
  if (!storage_.alarm() || *storage_.alarm_due() > now()) return;
  storage_.take_alarm();
  alarm_done(std::make_exception_ptr(reason));
}

void Object::reject_fetches(const JsError& failure) {
  if (planted(Mutant::kResetUnanswered)) return fetches_.clear();
  for (auto& held : std::exchange(held_responses_, {})) held.respond(failure);
  for (auto& [id, respond] : std::exchange(fetches_, {})) respond(failure);
}

void Object::drop_all_sockets() {
  HibernationManager::Sockets ends = manager_.newest_first();
  for (const auto& [id, end] : std::exchange(standard_, {})) ends.push_back(end);
  for (const auto& [id, end] : std::exchange(unaccepted_, {})) ends.push_back(end);
  for (const auto& [id, end] : std::exchange(leftovers_, {})) ends.push_back(end);
  if (planted(Mutant::kResetSparesOne) && !ends.empty()) ends.pop_back();
  for (const auto& end : ends) {
    if (planted(Mutant::kResetSaysGoodbye) && end->link())
      end->link()->send(OutgoingClose{"\x03\xe9"});
    end->discard_queue();
    end->cut_link();
    end->end_input();
    if (!planted(Mutant::kGoneEndUnheard)) end->mark_gone();
  }
  received_.clear();
  slow_.clear();
}

}  // namespace torpor::object
