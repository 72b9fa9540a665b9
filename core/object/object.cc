#include "core/object/object.h"

#include <algorithm>
#include <utility>

#include "core/mutants.h"

namespace torpor::object {

using mutants::Mutant;
using mutants::planted;

namespace {

constexpr const char* kEvicted = "The Durable Object was evicted.";
constexpr const char* kBlockedTooLong =
    "A call to blockConcurrencyWhile() in a Durable Object waited for too long. The call was "
    "canceled and the Durable "
    "Object was reset.";

bool waits_for_handlers(const Instance* instance) {
  return planted(Mutant::kAlarmWaitsForHandlers) && instance &&
         instance->holds().test(index_of(Hold::kHandler));
}

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

void Object::fetch(Request request, Respond respond) {
  if (planted(Mutant::kRequestsAtStartRefused) && instance_ && instance_->blocked())
    return respond(error("Not yet."));
  if (!planted(Mutant::kUpgradesFree) || !request.wants_websocket())
    ++(request.wants_websocket() ? usage_.upgrades : usage_.http_requests);
  enqueue(FetchEvent{std::move(request), std::move(respond)});
}

void Object::join(const std::shared_ptr<SocketEnd>& server_end, Link& link) {
  if (server_end->is_gone()) return link.end();
  if (!server_end->accepted()) unaccepted_[server_end->id()] = server_end;
  server_end->attach(link);
  unsent_changed(*server_end);
  const bool stays_idle = idle_since_ && may_be_evicted();  // it is no event (HIB-36)
  if (!stays_idle || planted(Mutant::kJoinIsAnEvent)) work();
}

void Object::enqueue(Event event) {
  pending_.push_back(std::move(event));
  work();
}

bool Object::has_work() const {
  if (reset_reason_ || !to_flush_.empty() || !to_connect_.empty()) return true;
  const bool takes_events =
      !pending_.empty() && (!blocked() || planted(Mutant::kBlockedTakesEvents));
  return (instance_ && instance_->has_next_turn()) || is_after_sync() || takes_events;
}

// Everything that can happen now, one turn after the other. Calls from within a turn only add to
// the queue.
void Object::work() {
  if (working_) return;
  working_ = true;
  end_turn();
  while (has_work()) {
    work_once();
    end_turn();
  }
  working_ = false;
  settle();
}

void Object::work_once() {
  host_.turn_begins();
  if (reset_reason_) return do_reset();
  if (!to_flush_.empty()) return flush_all();
  if (!to_connect_.empty()) return start_connecting();
  just_answered_.clear();
  ++turn_;
  read_before_sync_.reset();
  if (instance_ && instance_->has_next_turn()) return instance_->run_next_turn();
  if (is_after_sync()) return resume_after_sync();
  if (!instance_) return construct();
  Event event = std::move(pending_.front());
  pending_.pop_front();
  ++events_;
  for (AfterSync& waiting : after_sync_)
    if (waiting.ahead) --*waiting.ahead;
  if (std::holds_alternative<SocketEvent>(event)) read_before_sync_ = 0;
  std::visit([this](auto& next) { dispatch(std::move(next)); }, event);
}

// A message of the same socket is read a moment after the one before has been handed over; what
// other events there are go first.
void Object::resume_after_sync(Instance::TimerId id, bool wrote) {
  if (wrote) synced_writes_in_ = turn_;
  AfterSync waiting{id, read_before_sync_, read_before_sync_.has_value()};
  if (waiting.ahead && synced_writes_in_ == turn_) ++*waiting.ahead;
  if (planted(Mutant::kSyncGoesFirst)) waiting.ahead = 0;
  after_sync_.push_back(waiting);
}

bool Object::is_after_sync() const {
  return std::any_of(after_sync_.begin(), after_sync_.end(),
                     [](const AfterSync& waiting) { return waiting.ahead && *waiting.ahead <= 0; });
}

void Object::resume_after_sync() {
  const auto next = std::find_if(after_sync_.begin(), after_sync_.end(), [](const auto& waiting) {
    return waiting.ahead && *waiting.ahead <= 0;
  });
  const Instance::TimerId id = next->id;
  const bool reads = next->reads;
  after_sync_.erase(next);
  if (reads) read_before_sync_ = 1;
  instance_->fire(id);
}

void Object::construct() {
  instance_ = std::make_unique<Instance>(*this);
  try {
    instance_->construct();
  } catch (const JsError&) {
    reset_after(std::current_exception());
  } catch (const Aborted&) {
    reset_after(std::current_exception());
  }
  if (!reset_reason_) return;
  if (planted(Mutant::kConstructorThrowSpares)) {
    reset_reason_.reset();
    instance_.reset();
    return pending_.clear();
  }
  // The event that called for this instance is lost with it (HIB-15); requests hear why, and an
  // alarm is tried again.
  std::deque<Event> lost = std::exchange(pending_, {});
  const JsError reason = *reset_reason_;
  do_reset();
  for (Event& event : lost) {
    if (auto* fetch = std::get_if<FetchEvent>(&event)) fetch->respond(reason);
    if (std::holds_alternative<AlarmEvent>(event)) alarm_done(std::make_exception_ptr(reason));
  }
}

void Object::flush_all() {
  auto ends = std::exchange(to_flush_, std::exchange(flushed_, {}));
  std::vector<std::shared_ptr<SocketEnd>> read_later;
  for (const auto& end : ends) {
    if (planted(Mutant::kOneSocketSends) && end != ends.front()) continue;
    const std::size_t pending = pending_.size();
    flushing_ = end.get();
    end->flush();
    flushing_ = nullptr;
    // What the other end of a pair has just been given to handle comes before what this one reads.
    const PipeLink* pipe = end->telling_pipe();
    if (pipe && pipe->has_arrived() && pending_.size() > pending &&
        !planted(Mutant::kPairReadsAtOnce))
      read_later.push_back(end);
    if (std::find(read_later.begin(), read_later.end(), end) == read_later.end()) end->pump();
    unsent_changed(*end);
    if (end->state() == ReadyState::kClosed) standard_.erase(end->id());
  }
  ends.clear();
  flushed_ = std::move(ends);
  for (const auto& end : read_later) pending_.push_back(ReadEvent{end});
  for (const auto& end : std::exchange(taken_, {})) pending_.push_back(taken_event(end));
}

void Object::to_flush(const std::shared_ptr<SocketEnd>& end) {
  to_flush_.push_back(end);
}

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
  after_sync_.clear();
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

// PING-01, PING-04: an object knows nothing of it.
void Object::pinged() {
  ++usage_.pings;
  if (planted(Mutant::kPingWakes) && !instance_) construct();
  if (planted(Mutant::kPingPostpones) || planted(Mutant::kPingWakes)) settle();
}

void Object::unsent_changed(SocketEnd& end) {
  if (end.unsent() > 0) {
    slow_.emplace(end.id(), end.shared());
  } else if (slow_.erase(end.id()) == 0) {
    return;
  }
  if (working_) return;
  if (idle_since_.has_value() != may_be_evicted()) return settle();
  usage_.set_holds(now(), holds());
}

std::optional<Time> Object::next_deadline() const {
  const bool waits = blocked() || waits_for_handlers(instance_.get());
  std::optional<Time> deadline = waits ? std::nullopt : storage_.alarm_due();
  const auto consider = [&](std::optional<Time> other) {
    if (other && (!deadline || *other < *deadline)) deadline = other;
  };
  consider(storage_.next_confirmation());
  if (instance_) consider(instance_->next_deadline());
  if (idle_since_) consider(*idle_since_ + milliseconds(parameters().idle_eviction_ms));
  if (!after_sync_.empty()) consider(now());
  if (wanted_eviction_) consider(wanted_eviction_is_due() ? now() : wanted_eviction_->until);
  return deadline;
}

// In a turn of its own: what the code causes there waits for its end.
bool Object::fire_next() {
  if (!instance_) return false;
  working_ = true;
  ++turn_;
  read_before_sync_.reset();
  const bool fired = instance_->fire_next(now());
  working_ = false;
  return fired;
}

void Object::advance() {
  if (const auto due = storage_.next_confirmation(); due && *due <= now()) {
    confirm_writes();
  }
  for (AfterSync& waiting : after_sync_) waiting.ahead = 0;
  if (!after_sync_.empty()) work();
  while (fire_next()) work();
  // Behind a closed gate it is still set, and what else waits there goes before it (STORE-21).
  const bool waits = blocked() || waits_for_handlers(instance_.get());
  if (!waits && storage_.alarm() && *storage_.alarm_due() <= now()) {
    storage_.take_alarm();
    if (planted(Mutant::kAlarmTwice)) enqueue(AlarmEvent{});
    enqueue(AlarmEvent{});
  }
  if (wanted_eviction_) serve_wanted_eviction();
  if (idle_since_ && *idle_since_ + milliseconds(parameters().idle_eviction_ms) <= now())
    evict_now();
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
