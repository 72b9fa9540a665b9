#include "core/object/instance.h"

#include <algorithm>

#include "core/mutants.h"
#include "core/object/object.h"
#include "core/object/web_socket.h"
#include "core/prefetch.h"

namespace torpor::object {

using mutants::Mutant;
using mutants::planted;

namespace {

class Restore {
 public:
  explicit Restore(std::uint64_t& slot) : slot_(slot), value_(slot) {}
  ~Restore() { slot_ = value_; }
  Restore(const Restore&) = delete;
  Restore& operator=(const Restore&) = delete;

 private:
  std::uint64_t& slot_;
  std::uint64_t value_;
};

}  // namespace

Instance::Instance(Object& object) : object_(object), state_(object, *this) {}

Instance::~Instance() {
  activities_.clear();
  timers_.clear();
  sockets_.for_each([](std::uint64_t, WebSocketPtr& socket) { socket->forget_listeners(); });
}

void Instance::construct() {
  code_ = object_.make_code(state_);
}

const SectionPtr& Instance::section() const {
  const auto found = activities_.find(current_);
  return found == activities_.end() ? object_section_ : found->second.options.section;
}

void Instance::run(Task<> task, Run options) {
  const ActivityId id = next_activity_++;
  if (!options.section) options.section = section();
  ++running_[index_of(options.hold)];
  Activity& activity =
      activities_.emplace(id, Activity{std::move(task), std::move(options)}).first->second;
  {
    const Restore restore(current_);
    current_ = id;
    activity.task.start();
  }
  finish_if_done(id);
}

void Instance::resume(Waiter waiter) {
  {
    const Restore restore(current_);
    current_ = waiter.activity;
    waiter.handle.resume();
  }
  finish_if_done(waiter.activity);
}

void Instance::forget_next_turn(std::coroutine_handle<> waiter) {
  std::erase_if(next_turns_, [&](const Waiter& next) { return next.handle == waiter; });
}

void Instance::run_next_turn() {
  const Waiter next = next_turns_.front();
  next_turns_.pop_front();
  resume(next);
}

void Instance::finish_if_done(ActivityId id) {
  const auto found = activities_.find(id);
  if (found == activities_.end() || !found->second.task.done()) return;
  const std::exception_ptr failure = found->second.task.error();
  const OnDone on_done = end_activity(found);
  if (failure) object_.report(failure);
  if (on_done) on_done(failure);
}

Instance::OnDone Instance::end_activity(Activities::iterator activity) {
  --running_[index_of(activity->second.options.hold)];
  OnDone on_done = std::move(activity->second.options.on_done);
  activities_.erase(activity);
  return on_done;
}

Holds Instance::holds() const {
  Holds holds;
  for (std::size_t i = 0; i < kHoldCount; ++i) holds.set(i, running_[i] > 0);
  if (!timers_.empty() && !planted(Mutant::kTimerDoesNotHold)) holds.set(index_of(Hold::kTimer));
  if (planted(Mutant::kWaitUntilDoesNotHold)) holds.reset(index_of(Hold::kWaitUntil));
  if (planted(Mutant::kRequestDoesNotHold)) holds.reset(index_of(Hold::kRequest));
  if (planted(Mutant::kHandlerDoesNotHold)) holds.reset(index_of(Hold::kHandler));
  if (planted(Mutant::kBlockingDoesNotHold)) holds.reset(index_of(Hold::kBlockConcurrencyWhile));
  return holds;
}

Instance::TimerId Instance::add_timer(Time at, std::coroutine_handle<> waiter) {
  const TimerId id{at, next_timer_++};
  timers_.emplace(id, Timer{waiter, {}, current_, section()});
  return id;
}

Instance::TimerId Instance::add_waiting(std::coroutine_handle<> waiter) {
  const TimerId id = add_timer(object_.now(), waiter);
  timers_.at(id).waits = true;
  return id;
}

Instance::TimerId Instance::add_timer(Time at, std::function<void()> callback) {
  const TimerId id{at, next_timer_++};
  timers_.emplace(id, Timer{{}, std::move(callback), current_, section()});
  return id;
}

// The first that fires, or that joins the events that wait.
std::map<Instance::TimerId, Instance::Timer>::const_iterator Instance::next_timer() const {
  return std::find_if(timers_.begin(), timers_.end(), [this](const auto& entry) {
    const Timer& timer = entry.second;
    const bool of_object = Section::is_object(timer.section);
    if (planted(Mutant::kBlockedTimersWait) && blocked() && !of_object) return false;
    const bool held_back =
        Section::is_blocked(timer.section) && !planted(Mutant::kBlockedTimersFire);
    return !timer.waits && (!held_back || of_object);
  });
}

std::optional<Time> Instance::next_deadline() const {
  std::optional<Time> deadline;
  const auto timer = next_timer();
  if (timer != timers_.end()) deadline = timer->first.first;
  for (const auto& [id, activity] : activities_) {
    const auto cancel_at = activity.options.cancel_at;
    if (cancel_at && (!deadline || *cancel_at < *deadline)) deadline = cancel_at;
  }
  return deadline;
}

bool Instance::fire_next(Time now) {
  for (auto activity = activities_.begin(); activity != activities_.end(); ++activity) {
    const auto cancel_at = activity->second.options.cancel_at;
    if (!cancel_at || *cancel_at > now) continue;
    if (planted(Mutant::kTimeoutResets)) object_.reset_after(std::make_exception_ptr(Cancelled{}));
    const OnDone on_done = end_activity(activity);
    if (on_done) on_done(std::make_exception_ptr(Cancelled{}));
    return true;
  }
  const auto found = next_timer();
  if (found == timers_.end() || found->first.first > now) return false;
  const TimerId id = found->first;
  if (Section::is_blocked(found->second.section) && !planted(Mutant::kBlockedTimersFire)) {
    timers_.at(id).waits = true;
    object_.timer_waits(id);
  } else {
    fire(id);
  }
  return true;
}

void Instance::fire(TimerId id) {
  const auto found = timers_.extract(id);
  if (!found) return;
  const Timer& timer = found.mapped();
  if (timer.waiter) {
    resume({timer.waiter, timer.activity});
  } else {
    timer.callback();
  }
}

void Instance::prefetch_socket(std::uint64_t end_id) const {
  constexpr std::size_t kCount = 64;  // of its owners, in front of it
  if (const WebSocketPtr* socket = sockets_.find(end_id))
    prefetch_memory(reinterpret_cast<const char*>(socket->get()) - kCount, 2 * kCount);
}

WebSocketPtr Instance::socket_of(const std::shared_ptr<SocketEnd>& end) {
  const bool anew = planted(Mutant::kSocketObjectsAnew) && end->mode() == SocketMode::kHibernatable;
  if (anew) sockets_.erase(end->id());
  if (const WebSocketPtr* socket = sockets_.find(end->id())) return *socket;
  return sockets_.insert(end->id(), std::make_shared<WebSocket>(*this, end));
}

}  // namespace torpor::object
