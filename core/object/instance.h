// One instance of an object in memory: the code that is running in it, its timers, and the
// JavaScript-visible sockets it has seen. Destroying it is what hibernation, abort and deploy do to
// memory.
#pragma once

#include <array>
#include <coroutine>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/object/durable_object.h"
#include "core/object/socket_end.h"
#include "core/object/state.h"
#include "core/object/task.h"
#include "core/object/usage.h"
#include "core/paged_table.h"
#include "core/time.h"

namespace torpor::object {

class Object;

class Instance {
 public:
  using ActivityId = std::uint64_t;
  using TimerId = std::pair<Time, std::uint64_t>;
  using OnDone = std::function<void(std::exception_ptr)>;

  // A coroutine that waits, and the activity it is part of.
  struct Waiter {
    std::coroutine_handle<> handle;
    ActivityId activity;
  };

  struct Run {
    bool critical = false;  // part of a blockConcurrencyWhile: runs while the others are held back
    // The event timeout: the activity is cancelled there (TO-03).
    std::optional<Time> cancel_at = {};
    OnDone on_done = {};
    Hold hold = Hold::kHandler;  // what the activity is, to whoever asks what holds the object
  };

  explicit Instance(Object& object);
  ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  // Runs the constructor; throws what it throws.
  void construct();
  DurableObject& code() { return *code_; }
  bool constructed() const { return code_ != nullptr; }
  Object& object() { return object_; }

  // Starts an activity and runs it up to where it first waits.
  void run(Task<> task, Run options);
  // The activities and timers that hold the object in memory.
  Holds holds() const;
  bool blocked() const { return blocked_ > 0; }
  void block() { ++blocked_; }
  void unblock() { --blocked_; }

  TimerId add_timer(Time at, std::coroutine_handle<> waiter);
  TimerId add_timer(Time at, std::function<void()> callback);
  void remove_timer(TimerId id) { timers_.erase(id); }
  ActivityId current() const { return current_; }
  bool current_is_critical() const;
  void resume(Waiter waiter);

  std::optional<Time> next_deadline() const;
  // Fires the earliest due timer or event timeout; false when there is none.
  bool fire_next(Time now);

  // The one JavaScript-visible socket of an end in this instance (LIST-06).
  WebSocketPtr socket_of(const std::shared_ptr<SocketEnd>& end);
  bool has_seen(const SocketEnd& end) const { return sockets_.find(end.id()) != nullptr; }

 private:
  struct Activity {
    Task<> task;
    Run options;
  };
  struct Timer {
    std::coroutine_handle<> waiter;
    std::function<void()> callback;
    ActivityId activity;
    bool critical;
  };

  using Activities = std::map<ActivityId, Activity>;
  void finish_if_done(ActivityId id);
  OnDone end_activity(Activities::iterator activity);
  std::map<TimerId, Timer>::const_iterator first_runnable() const;

  Object& object_;
  DurableObjectState state_;
  PagedTable<WebSocketPtr> sockets_;  // by end id
  std::unique_ptr<DurableObject> code_;
  std::uint64_t next_timer_ = 0;
  ActivityId next_activity_ = 1;
  ActivityId current_ = 0;
  int blocked_ = 0;
  std::map<TimerId, Timer> timers_;
  Activities activities_;
  std::array<std::size_t, kHoldCount> running_{};  // activities by what they are
};

}  // namespace torpor::object
