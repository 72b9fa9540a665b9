// One instance of an object in memory: the code that is running in it, its timers, and the
// JavaScript-visible sockets it has seen. Destroying it is what hibernation, abort and deploy do to
// memory.
#pragma once

#include <array>
#include <coroutine>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/object/durable_object.h"
#include "core/object/sections.h"
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
    SectionPtr section = nullptr;  // that it is part of; absent: that of the code which runs it
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
  // Events have to wait (HIB-06).
  bool blocked() const { return Section::is_blocked(object_section_); }
  // That of the code that runs now.
  const SectionPtr& section() const;

  // Resumes the waiter in a turn of its own, before any event and any timer.
  void resume_next_turn(Waiter waiter) { next_turns_.push_back(waiter); }
  void forget_next_turn(std::coroutine_handle<> waiter);
  bool has_next_turn() const { return !next_turns_.empty(); }
  void run_next_turn();

  TimerId add_timer(Time at, std::coroutine_handle<> waiter);
  TimerId add_timer(Time at, std::function<void()> callback);
  // Waits among the events; only fire() resumes it.
  TimerId add_waiting(std::coroutine_handle<> waiter);
  void remove_timer(TimerId id) { timers_.erase(id); }
  ActivityId current() const { return current_; }
  void resume(Waiter waiter);

  std::optional<Time> next_deadline() const;
  // Fires the earliest due timer or event timeout, or has it wait among the events where they are
  // held back; false when there is none.
  bool fire_next(Time now);
  // Fires a timer that has waited, if it is still there.
  void fire(TimerId id);

  // The one JavaScript-visible socket of an end in this instance (LIST-06).
  WebSocketPtr socket_of(const std::shared_ptr<SocketEnd>& end);
  // socket_of() will soon be called.
  void prefetch_socket(std::uint64_t end_id) const;
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
    SectionPtr section;
    bool waits = false;  // among the events
  };

  using Activities = std::map<ActivityId, Activity>;
  void finish_if_done(ActivityId id);
  OnDone end_activity(Activities::iterator activity);
  std::map<TimerId, Timer>::const_iterator next_timer() const;

  Object& object_;
  DurableObjectState state_;
  const SectionPtr object_section_ = std::make_shared<Section>();
  PagedTable<WebSocketPtr> sockets_;  // by end id
  std::unique_ptr<DurableObject> code_;
  std::uint64_t next_timer_ = 0;
  ActivityId next_activity_ = 1;
  ActivityId current_ = 0;
  std::deque<Waiter> next_turns_;
  std::map<TimerId, Timer> timers_;
  Activities activities_;
  std::array<std::size_t, kHoldCount> running_{};  // activities by what they are
};

}  // namespace torpor::object
