#include "core/object/object.h"

#include <algorithm>
#include <utility>

#include "core/mutants.h"

namespace torpor::object {

using mutants::Mutant;
using mutants::planted;

namespace {

bool waits_for_handlers(const Instance* instance) {
  return planted(Mutant::kAlarmWaitsForHandlers) && instance &&
         instance->holds().test(index_of(Hold::kHandler));
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
  return (instance_ && instance_->has_next_turn()) || sync_order_.has_next() || takes_events;
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
  sync_order_.turn_begins();
  if (instance_ && instance_->has_next_turn()) return instance_->run_next_turn();
  if (sync_order_.has_next()) return instance_->fire(sync_order_.take_next());
  if (!instance_) return construct();
  Event event = std::move(pending_.front());
  pending_.pop_front();
  ++events_;
  sync_order_.event_begins(std::holds_alternative<SocketEvent>(event));
  std::visit([this](auto& next) { dispatch(std::move(next)); }, event);
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
  if (!sync_order_.empty()) consider(now());
  if (wanted_eviction_) consider(wanted_eviction_is_due() ? now() : wanted_eviction_->until);
  return deadline;
}

// In a turn of its own: what the code causes there waits for its end.
bool Object::fire_next() {
  if (!instance_) return false;
  working_ = true;
  sync_order_.turn_begins();
  const bool fired = instance_->fire_next(now());
  working_ = false;
  return fired;
}

void Object::advance() {
  if (const auto due = storage_.next_confirmation(); due && *due <= now()) {
    confirm_writes();
  }
  sync_order_.let_all_go();
  if (!sync_order_.empty()) work();
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

}  // namespace torpor::object
