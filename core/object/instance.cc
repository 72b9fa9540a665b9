#include "core/object/instance.h"

#include "core/mutants.h"
#include "core/object/object.h"
#include "core/object/web_socket.h"

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
  for (auto& [id, socket] : sockets_) socket->forget_listeners();
}

void Instance::construct() {
  code_ = object_.make_code(state_);
}

bool Instance::current_is_critical() const {
  const auto found = activities_.find(current_);
  return found != activities_.end() && found->second.options.critical;
}

void Instance::run(Task<> task, Run options) {
  const ActivityId id = next_activity_++;
  options.critical = options.critical || current_is_critical();
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
  timers_.emplace(id, Timer{waiter, {}, current_, current_is_critical()});
  return id;
}

Instance::TimerId Instance::add_timer(Time at, std::function<void()> callback) {
  const TimerId id{at, next_timer_++};
  timers_.emplace(id, Timer{{}, std::move(callback), current_, current_is_critical()});
  return id;
}

std::map<Instance::TimerId, Instance::Timer>::const_iterator Instance::first_runnable() const {
  auto timer = timers_.begin();
  if (blocked() && !planted(Mutant::kBlockedTimersFire)) {
    while (timer != timers_.end() &&
           (!timer->second.critical || planted(Mutant::kBlockedTimersWait)))
      ++timer;
  }
  return timer;
}

std::optional<Time> Instance::next_deadline() const {
  std::optional<Time> deadline;
  const auto timer = first_runnable();
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
  const auto found = first_runnable();
  if (found == timers_.end() || found->first.first > now) return false;
  const Timer timer = std::move(timers_.extract(found->first).mapped());
  if (timer.waiter) {
    resume({timer.waiter, timer.activity});
  } else {
    timer.callback();
  }
  return true;
}

WebSocketPtr Instance::socket_of(const std::shared_ptr<SocketEnd>& end) {
  WebSocketPtr& socket = sockets_[end->id()];
  const bool anew = planted(Mutant::kSocketObjectsAnew) && end->mode() == SocketMode::kHibernatable;
  if (!socket || anew) socket = std::make_shared<WebSocket>(*this, end);
  return socket;
}

}  // namespace torpor::object
