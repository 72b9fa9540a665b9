#include "core/object/object.h"

#include <utility>

namespace torpor::object {
namespace {

constexpr const char* kEvicted = "The Durable Object was evicted.";
constexpr const char* kBlockedTooLong =
    "A call to blockConcurrencyWhile() in a Durable Object waited for too long. The call was "
    "canceled and the Durable "
    "Object was reset.";

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
  ++(request.wants_websocket() ? usage_.upgrades : usage_.http_requests);
  enqueue(FetchEvent{std::move(request), std::move(respond)});
}

void Object::join(const std::shared_ptr<SocketEnd>& server_end, Link& link) {
  if (!server_end->accepted()) unaccepted_[server_end->id()] = server_end;
  server_end->attach(link);
  unsent_changed(*server_end);
  work();
}

void Object::enqueue(Event event) {
  pending_.push_back(std::move(event));
  work();
}

bool Object::has_work() const {
  if (reset_reason_ || !to_flush_.empty() || !to_connect_.empty()) return true;
  return !pending_.empty() && !(instance_ && instance_->blocked());
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
  if (reset_reason_) return do_reset();
  if (!to_flush_.empty()) return flush_all();
  if (!to_connect_.empty()) return start_connecting();
  if (!instance_) return construct();
  Event event = std::move(pending_.front());
  pending_.pop_front();
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
  // The event that called for this instance is lost with it (HIB-15); requests hear why.
  std::deque<Event> lost = std::exchange(pending_, {});
  const JsError reason = *reset_reason_;
  do_reset();
  for (Event& event : lost) {
    if (auto* fetch = std::get_if<FetchEvent>(&event)) fetch->respond(reason);
  }
}

void Object::flush_all() {
  auto ends = std::exchange(to_flush_, std::exchange(flushed_, {}));
  for (const auto& end : ends) {
    end->flush();
    end->pump();
    unsent_changed(*end);
    if (end->state() == ReadyState::kClosed) standard_.erase(end->id());
  }
  ends.clear();
  flushed_ = std::move(ends);
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
  }
}

void Object::reset_after(std::exception_ptr failure) {
  if (!reset_reason_) reset_reason_ = as_js_error(failure);
}

void Object::reset(const std::string& reason) {
  reset_reason_ = error(reason);
  work();
}

void Object::do_reset() {
  const JsError reason = *std::exchange(reset_reason_, std::nullopt);
  storage_.undo_turn();
  instance_.reset();
  to_flush_.clear();
  held_back_.clear();
  held_waiters_.clear();
  forget_all_connecting();
  drop_all_sockets();
  manager_ = HibernationManager();
  std::deque<Event> kept;
  for (Event& event : pending_) {
    const bool of_instance = std::holds_alternative<SocketEvent>(event) ||
                             std::holds_alternative<ConnectEvent>(event) ||
                             std::holds_alternative<LossEvent>(event);
    if (!of_instance) kept.push_back(std::move(event));
  }
  pending_ = std::move(kept);
  reject_fetches(reason);
}

void Object::reject_fetches(const JsError& failure) {
  for (auto& held : std::exchange(held_responses_, {})) held.respond(failure);
  for (auto& [id, respond] : std::exchange(fetches_, {})) respond(failure);
}

void Object::drop_all_sockets() {
  HibernationManager::Sockets ends = manager_.newest_first();
  for (const auto& [id, end] : std::exchange(standard_, {})) ends.push_back(end);
  for (const auto& [id, end] : std::exchange(unaccepted_, {})) ends.push_back(end);
  for (const auto& [id, end] : std::exchange(leftovers_, {})) ends.push_back(end);
  for (const auto& end : ends) {
    end->discard_queue();
    end->end_link();
    end->end_input();
  }
  received_.clear();
  slow_.clear();
}

std::optional<Holds> Object::holds() const {
  if (!instance_) return std::nullopt;
  Holds holds = instance_->holds();
  const auto add = [&](Hold hold, bool is_so) { holds.set(index_of(hold), is_so); };
  add(Hold::kEvent, !pending_.empty());
  add(Hold::kStandardSocket, !standard_.empty());
  add(Hold::kUnacceptedSocket, !unaccepted_.empty());
  add(Hold::kConnectingSocket, !connecting_.empty());
  add(Hold::kUnsentOctets, !slow_.empty());
  add(Hold::kUnconfirmedWrite, !storage_.all_confirmed());
  add(Hold::kAlarm, parameters().alarm_prevents_hibernation && storage_.alarm());
  return holds;
}

bool Object::may_be_evicted() const {
  const auto held = holds();
  return held && held->none();
}

// The end of a turn: the idle time starts anew (HIB-03), or does not run.
void Object::settle() {
  usage_.set_holds(now(), holds());
  idle_since_ = may_be_evicted() ? std::optional(now()) : std::nullopt;
  host_.deadline_changed(*this);
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
  std::optional<Time> deadline = storage_.alarm();
  const auto consider = [&](std::optional<Time> other) {
    if (other && (!deadline || *other < *deadline)) deadline = other;
  };
  consider(storage_.next_confirmation());
  if (instance_) consider(instance_->next_deadline());
  if (idle_since_) consider(*idle_since_ + milliseconds(parameters().idle_eviction_ms));
  return deadline;
}

void Object::advance() {
  if (const auto due = storage_.next_confirmation(); due && *due <= now()) {
    confirm_writes();
  }
  while (instance_ && instance_->fire_next(now())) work();
  if (storage_.alarm() && *storage_.alarm() <= now()) {
    storage_.take_alarm();
    enqueue(AlarmEvent{});
  }
  if (idle_since_ && *idle_since_ + milliseconds(parameters().idle_eviction_ms) <= now())
    evict_now();
  host_.deadline_changed(*this);
}

Object::EvictResult Object::evict(EvictedSockets sockets) {
  if (!instance_) return EvictResult::kNotInMemory;
  if (!may_be_evicted()) return EvictResult::kHeld;
  if (sockets == EvictedSockets::kClose) {
    reset(kEvicted);
  } else {
    evict_now();
  }
  return EvictResult::kEvicted;
}

void Object::evict_now() {
  idle_since_.reset();
  storage_.hibernate();
  for (const auto& end : manager_.awake_newest_first()) {
    if (!end->accepted()) {
      manager_.remove(*end);  // ACC-07: listed, but nothing that could hibernate
    } else if (instance_->has_seen(*end)) {
      end->hibernate();
    }
  }
  instance_.reset();
  for (const auto& [id, end] : std::exchange(leftovers_, {})) end->end_link();
  // A socket whose other end was never joined loses it with the instance, and the object wakes to
  // hear it.
  for (const auto& end : manager_.awake_newest_first()) {
    if (!end->ever_linked() && end->wants_input()) end->take(Dropped{});
  }
  manager_.put_to_sleep();
  work();
}

}  // namespace torpor::object
