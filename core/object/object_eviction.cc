// Hibernation: what keeps an object in memory, the idle time, and how it leaves. Source: HIB-01 to
// HIB-04, HIB-22, HIB-30, HIB-34 to HIB-36.
#include <utility>

#include "core/mutants.h"
#include "core/object/object.h"

namespace torpor::object {

using mutants::Mutant;
using mutants::planted;

namespace {

constexpr const char* kEvicted = "The Durable Object was evicted.";

}  // namespace

std::optional<Holds> Object::holds() const {
  if (!instance_) return std::nullopt;
  Holds holds = instance_->holds();
  const auto add = [&](Hold hold, bool is_so) { holds.set(index_of(hold), is_so); };
  add(Hold::kEvent, !pending_.empty());
  const auto unless = [&](Mutant fault, Hold hold, bool is_so) {
    add(hold, is_so && !planted(fault));
  };
  const bool hibernatable = planted(Mutant::kHibernatableHolds) && manager_.size() > 0;
  unless(Mutant::kStandardDoesNotHold, Hold::kStandardSocket, !standard_.empty() || hibernatable);
  unless(Mutant::kUnacceptedDoesNotHold, Hold::kUnacceptedSocket, !unaccepted_.empty());
  unless(Mutant::kConnectingDoesNotHold, Hold::kConnectingSocket, !connecting_.empty());
  unless(Mutant::kUnsentDoesNotHold, Hold::kUnsentOctets, !slow_.empty());
  unless(Mutant::kUnconfirmedDoesNotHold, Hold::kUnconfirmedWrite, !storage_.all_confirmed());
  const bool alarm_holds = parameters().alarm_prevents_hibernation || planted(Mutant::kAlarmHolds);
  add(Hold::kAlarm, alarm_holds && storage_.alarm());
  return holds;
}

bool Object::may_be_evicted() const {
  const auto held = holds();
  return held && held->none();
}

// The end of a turn: the idle time starts anew (HIB-03), or does not run.
void Object::settle() {
  usage_.set_holds(now(), holds());
  const bool goes_on = planted(Mutant::kEventDoesNotRestart) && idle_since_;
  const Time since =
      goes_on ? *idle_since_ : now() - milliseconds(planted(Mutant::kNineSeconds) ? 1000 : 0);
  idle_since_ =
      may_be_evicted() && !planted(Mutant::kNeverEvicts) ? std::optional(since) : std::nullopt;
  host_.deadline_changed(*this);
}

void Object::evict_once_free(EvictedSockets sockets, Duration patience, Evicted evicted) {
  if (auto before = std::exchange(wanted_eviction_, std::nullopt))
    before->evicted(EvictResult::kHeld);
  const EvictResult result = evict(sockets);
  if (result != EvictResult::kHeld || planted(Mutant::kEvictionDoesNotWait)) return evicted(result);
  wanted_eviction_ = {sockets, now() + patience, std::move(evicted)};
  host_.deadline_changed(*this);
}

bool Object::wanted_eviction_is_due() const {
  return wanted_eviction_ && !wanted_eviction_->forgotten && may_be_evicted();
}

void Object::serve_wanted_eviction() {
  const bool due = wanted_eviction_is_due();
  if (!due && now() < wanted_eviction_->until) return;
  const WantedEviction wanted = *std::exchange(wanted_eviction_, std::nullopt);
  wanted.evicted(due ? evict(wanted.sockets) : EvictResult::kHeld);
}

Object::EvictResult Object::evict(EvictedSockets sockets) {
  if (!instance_) return EvictResult::kNotInMemory;
  if (!may_be_evicted() || wanted_eviction_) return EvictResult::kHeld;
  if (planted(Mutant::kEvictionDrops) ||
      (sockets == EvictedSockets::kClose && !planted(Mutant::kEvictionSpares))) {
    reset(kEvicted);
  } else {
    evict_now();
  }
  return EvictResult::kEvicted;
}

void Object::evict_now() {
  idle_since_.reset();
  storage_.hibernate();
  if (planted(Mutant::kAlarmLostAsleep)) storage_.take_alarm();
  if (planted(Mutant::kAutoResponseLostAsleep)) manager_.auto_response.reset();
  if (planted(Mutant::kTimeoutLostAsleep)) manager_.event_timeout_ms.reset();
  for (const auto& end : manager_.awake_newest_first()) {
    if (!end->accepted()) {
      manager_.remove(*end);  // ACC-07: listed, but nothing that could hibernate
      continue;
    }
    if (planted(Mutant::kTagsLostAsleep)) end->set_tags({});
    if (planted(Mutant::kHibernationSeen) && end->link())
      end->link()->send(OutgoingMessage{MessageType::kText, ""});
    if (planted(Mutant::kOrderLostAsleep)) {
      manager_.remove(*end);
      manager_.add(end);
    }
    if (instance_->has_seen(*end)) {
      end->hibernate();
    }
  }
  if (!planted(Mutant::kMemorySurvives)) instance_.reset();
  for (const auto& [id, end] : std::exchange(leftovers_, {}))
    if (!planted(Mutant::kUnansweredNeverEnds)) end->end_link();
  // A socket whose other end nobody has loses it with the instance, and the object wakes to hear
  // it.
  for (const auto& end : manager_.awake_newest_first()) {
    if (planted(Mutant::kUnreturnedUnheard)) break;
    const bool has_peer =
        end->ever_linked() ||
        (end->peer().with_worker() && !planted(Mutant::kWorkersEndLostAsleep));  // HIB-36
    if (!has_peer && end->wants_input()) end->take(Dropped{});
  }
  manager_.put_to_sleep();
  work();
}

}  // namespace torpor::object
