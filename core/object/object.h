// One Durable Object: what exists of it whether or not an instance is in memory. It queues events,
// makes and drops instances, and owns the sockets. Sans-IO: time is handed in through the Host,
// deadlines are asked for.
#pragma once

#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/compat/flags.h"
#include "core/compat/parameters.h"
#include "core/mutants.h"
#include "core/object/durable_object.h"
#include "core/object/event_listeners.h"
#include "core/object/hibernation_manager.h"
#include "core/object/instance.h"
#include "core/object/outgoing.h"
#include "core/object/socket_end.h"
#include "core/object/storage.h"
#include "core/object/sync_order.h"
#include "core/object/usage.h"
#include "core/time.h"

namespace torpor::object {

class DurableObjectState;

// What an object needs of its surroundings.
class Host {
 public:
  virtual ~Host() = default;
  virtual const compat::Parameters& parameters() const = 0;
  virtual const compat::Flags& flags() const = 0;
  virtual Time now() const = 0;               // constant within one event
  virtual std::int64_t date_now() const = 0;  // milliseconds since the Unix epoch
  virtual std::unique_ptr<DurableObject> make_code(Object& object, DurableObjectState& state) = 0;
  virtual void deadline_changed(Object& object) = 0;
  // Another turn of an object; see Transport::turn_begins of the server.
  virtual void turn_begins() {}
  // Instance and sockets are gone; `crashed`: and what was not durable. Told before anything else
  // happens to the object.
  virtual void was_reset(Object& /*object*/, bool /*crashed*/) {}
  // Connects the end to somewhere else and tells Object::connected, within this call or later. The
  // answer, which may be empty then, gives the connection up, after which nothing is told.
  virtual std::function<void()> connect(Object& object, const std::shared_ptr<SocketEnd>& end,
                                        const ConnectRequest& request) = 0;
  // Where the object of that name keeps what it stores.
  virtual StorageOptions storage_options(const std::string& /*name*/) { return {}; }
};

// What an eviction that was asked for does to hibernatable sockets (HIB-22).
enum class EvictedSockets { kHibernate, kClose };

class Object {
 public:
  using Respond = std::function<void(FetchResult)>;

  // `ordinal`: the position of this object in the order of creation; what ties between objects are
  // broken by.
  Object(Host& host, std::string name, std::uint64_t ordinal)
      : host_(host),
        name_(std::move(name)),
        ordinal_(ordinal),
        storage_(host.storage_options(name_)) {}
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;

  const std::string& name() const { return name_; }
  std::uint64_t ordinal() const { return ordinal_; }

  // stub.fetch(). `respond` is called once, from within this or a later call; a joined socket's
  // queue leaves when the connection is joined to it.
  void fetch(Request request, Respond respond);
  // The response's client end was handed to a connection.
  void join(const std::shared_ptr<SocketEnd>& server_end, Link& link);

  std::optional<Time> next_deadline() const;
  void advance();  // to the host's present time

  enum class EvictResult { kEvicted, kNotInMemory, kHeld };
  // Evicts now if the object could be evicted when idle, and nobody waits for just that.
  EvictResult evict(EvictedSockets sockets);
  // The control call of the fixture contract: as soon as nothing holds the object (HIB-34).
  // `evicted` is called once: with kHeld when that has not come about within `patience`, or the
  // object was reset meanwhile, or somebody else asks.
  using Evicted = std::function<void(EvictResult)>;
  void evict_once_free(EvictedSockets sockets, Duration patience, Evicted evicted);
  // Drops instance and sockets without a word: deploy, abort, failure (ABORT-01). Storage and alarm
  // stay.
  void reset(const std::string& reason);
  // The process has died and is there again: as reset(), and what was not durable is gone.
  void crash();

  // A worker is an object without a name that serves one request. It is over when it has answered
  // and no socket that it has accepted will tell it anything more.
  bool is_worker() const;
  bool is_over() const;
  // The worker is gone: the sockets that it still held are dropped (OUT-11).
  void leave();
  // An end that came with a response of another object.
  void received(const std::shared_ptr<SocketEnd>& end);

  // What became of Host::connect.
  void connected(SocketEnd& end, ConnectResult result);

  // For the sockets and the instance of this object.
  void socket_event(SocketEnd& end, Incoming incoming);
  void unsent_changed(SocketEnd& end);
  void pinged();
  void prefetch_socket(std::uint64_t end_id) const {
    if (instance_) instance_->prefetch_socket(end_id);
  }
  // Somebody wants the end that sleeps there.
  void wake(const Bed& bed) { manager_.wake(bed.asleep.age); }
  void write_failed(SocketEnd& end);
  void close_answered(SocketEnd& end) { pending_.push_back(LossEvent{end.shared(), false}); }
  // Of a pair in this object the other end has failed.
  void peer_failed(SocketEnd& end);
  // The other end of its pair has taken all that it sent; it hears of that after what the other end
  // hears.
  void all_taken(SocketEnd& end);
  void standard_socket_accepted(const std::shared_ptr<SocketEnd>& end);
  void to_flush(const std::shared_ptr<SocketEnd>& end);
  // The end holds something back until a write is confirmed (SEND-07).
  void held_back(const std::shared_ptr<SocketEnd>& end) { held_back_.push_back(end); }
  // What was written so far is a turn of its own; a failure resets the object.
  void end_turn();
  // A timer is due that is held back: it waits for its turn among the events.
  void timer_waits(Instance::TimerId id) { pending_.push_back(TimerEvent{id}); }
  // What awaits sync(), without having to wait for a write that takes time (STORE-25). `wrote`: it
  // was the first to see to the writes of its turn.
  void resume_after_sync(Instance::TimerId id, bool wrote) { sync_order_.wait(id, wrote); }
  // An outgoing socket; `done` is called in a turn of its own, unless it is given up or forgotten.
  using OnConnected = std::function<void(const ConnectResult&)>;
  void connect(const std::shared_ptr<SocketEnd>& end, ConnectRequest request, OnConnected done);
  // Done without a result, or never done.
  void give_up_connecting(SocketEnd& end);
  void forget_connecting(std::uint64_t end_id);
  void new_socket_connected(const std::shared_ptr<SocketEnd>& end, const ConnectResult& result);
  FetchedSocket fetched_socket(const std::shared_ptr<SocketEnd>& end, const ConnectResult& result);
  // Whether a standard socket answers a Close by itself unless accept() says otherwise (ACL-01).
  bool replies_to_close_by_date() const {
    return flags().web_socket_auto_reply_to_close && parameters().standard_auto_reply;
  }
  // Resumes the waiter when the writes made so far are durable.
  void when_confirmed(Instance::Waiter waiter);
  void forget_waiter(std::coroutine_handle<> waiter);
  void report(std::exception_ptr failure);
  void reset_after(std::exception_ptr failure);
  void flush_all();
  bool is_flushing(const SocketEnd& end) const { return flushing_ == &end; }

  const compat::Parameters& parameters() const { return host_.parameters(); }
  const compat::Flags& flags() const { return host_.flags(); }
  Time now() const { return host_.now(); }
  std::int64_t date_now() const { return host_.date_now(); }
  // How many events have been handed over.
  std::uint64_t events() const { return events_; }
  HibernationManager& manager() { return manager_; }
  Storage& storage() { return storage_; }
  Usage& usage() { return usage_; }
  const Usage& usage() const { return usage_; }
  // What keeps it from hibernating now; nothing while it is not in memory. The one place that
  // decides: with an empty set it is evicted once it has been idle for long enough.
  std::optional<Holds> holds() const;
  std::uint64_t take_end_ids() { return std::exchange(next_end_id_, next_end_id_ + 2); }
  std::unique_ptr<DurableObject> make_code(DurableObjectState& state) {
    return host_.make_code(*this, state);
  }

 private:
  struct FetchEvent {
    Request request;
    Respond respond;
  };
  struct SocketEvent {
    std::shared_ptr<SocketEnd> end;
    Incoming incoming;
  };
  struct ConnectEvent {
    std::uint64_t end_id;
    ConnectResult result;
  };
  struct LossEvent {
    std::shared_ptr<SocketEnd> end;
    bool write_failed = false;
  };
  struct FailureEvent {
    std::shared_ptr<SocketEnd> end;
    JsError failure;
  };
  struct TakenEvent {
    std::shared_ptr<SocketEnd> end;
    std::vector<std::uint64_t> fetches;  // in flight when the turn began in which it was sent
  };
  struct ReadEvent {
    std::shared_ptr<SocketEnd> end;
  };
  struct TimerEvent {
    Instance::TimerId id;
  };
  struct AlarmEvent {};
  using Event = std::variant<FetchEvent, SocketEvent, ConnectEvent, LossEvent, FailureEvent,
                             TakenEvent, ReadEvent, TimerEvent, AlarmEvent>;

  // object.cc: events and turns.
  void enqueue(Event event);
  void work();
  void work_once();
  bool has_work() const;
  bool blocked() const { return instance_ && instance_->blocked(); }
  void construct();
  bool fire_next();

  // object_reset.cc, with report() and reset()
  void do_reset();
  void fail_waiting(const JsError& reason);
  void drop_all_sockets();
  void reject_fetches(const JsError& failure);

  // object_eviction.cc, with holds() and evict()
  bool may_be_evicted() const;
  void settle();
  void evict_now();
  bool wanted_eviction_is_due() const;
  void serve_wanted_eviction();

  // object_writes.cc: the output gate.
  void confirm_writes();
  void fail_writes();
  bool release();
  void respond_when_confirmed(Respond respond, FetchResult result);

  // object_outgoing.cc, with connect() and leave()
  bool nothing_keeps_worker() const;
  void start_connecting();
  void forget_all_connecting();
  void dispatch(ConnectEvent event);

  // object_events.cc: what each event does.
  bool is_lost_behind_fault(SocketEnd& end);
  void dispatch(FetchEvent event);
  void dispatch(SocketEvent event);
  void dispatch(LossEvent event);
  void dispatch(FailureEvent event) { fail_standard(event.end, event.failure); }
  TakenEvent taken_event(const std::shared_ptr<SocketEnd>& end) const;
  void dispatch(TakenEvent event);
  void dispatch(const ReadEvent& event);
  void dispatch(TimerEvent event) { instance_->fire(event.id); }
  void dispatch(AlarmEvent event);
  void dispatch_hibernatable(const std::shared_ptr<SocketEnd>& end, Incoming incoming);
  template <typename Told>
  std::optional<JsError> call(EventListeners<Told>& listeners, const Told& event);
  void fail_standard(const std::shared_ptr<SocketEnd>& end, const JsError& failure);
  bool pipe_is_pumping(const SocketEnd& end) const;
  void fail_in_a_later_turn(const std::shared_ptr<SocketEnd>& end, const JsError& failure);
  void dispatch_standard(const std::shared_ptr<SocketEnd>& end, Incoming incoming);
  void finish_hibernatable(const std::shared_ptr<SocketEnd>& end);
  bool auto_respond(SocketEnd& end, const Message& message);
  void end_input(SocketEnd& end, const Incoming& incoming);
  Task<> run_fetch(Request request, std::uint64_t id);
  void answer(std::uint64_t id, FetchResult result);
  void alarm_done(std::exception_ptr failure);

  Host& host_;
  std::string name_;
  std::uint64_t ordinal_;
  Storage storage_;
  HibernationManager manager_;
  Usage usage_;
  std::uint64_t next_end_id_ = 1;
  std::uint64_t next_fetch_ = 0;
  std::uint64_t events_ = 0;
  SyncOrder sync_order_;
  int alarm_retries_ = 0;
  bool working_ = false;
  bool crashed_ = false;  // what the next reset is
  struct WantedEviction {
    EvictedSockets sockets;
    Time until;
    Evicted evicted;
    bool forgotten = false;  // by a reset
  };
  std::optional<WantedEviction> wanted_eviction_;
  const SocketEnd* flushing_ = nullptr;
  std::vector<std::uint64_t> just_answered_;  // in the present turn
  std::deque<Event> pending_;
  std::vector<std::shared_ptr<SocketEnd>> taken_;  // while flushing
  std::map<std::uint64_t, Respond> fetches_;       // in flight
  // By end id: these hold the object in memory.
  std::map<std::uint64_t, std::shared_ptr<SocketEnd>> standard_;
  // Joined, but no code has accepted them: these do too (HIB-30).
  std::map<std::uint64_t, std::shared_ptr<SocketEnd>> unaccepted_;
  // Joined, without a future: FIN at eviction.
  std::map<std::uint64_t, std::shared_ptr<SocketEnd>> leftovers_;
  // With octets that have not left (SEND-11).
  std::map<std::uint64_t, std::shared_ptr<SocketEnd>> slow_;
  std::vector<std::shared_ptr<SocketEnd>> to_flush_;
  std::vector<std::shared_ptr<SocketEnd>> flushed_;   // empty: memory for the next to_flush_
  std::vector<std::shared_ptr<SocketEnd>> received_;  // of a worker, from other objects
  // Outgoing sockets before their first event, by end id: these hold the object in memory, too.
  struct Connecting {
    std::shared_ptr<SocketEnd> end;
    ConnectRequest request;
    OnConnected done;
    Storage::Ticket ticket;
    SectionPtr section;
    bool given_up = false;
    std::function<void()> give_up = {};  // once it has started
  };
  std::map<std::uint64_t, Connecting> connecting_;
  std::vector<std::uint64_t> to_connect_;
  std::vector<std::uint64_t> held_connects_;
  // What waits for writes to be confirmed: sockets, responses, code that awaits sync().
  struct HeldResponse {
    Storage::Ticket ticket;
    Respond respond;
    FetchResult result;
  };
  struct HeldWaiter {
    Storage::Ticket ticket;
    Instance::Waiter waiter;
  };
  Storage::Ticket released_ = 1;  // storage's first_unconfirmed() when it was last looked at
  std::vector<std::shared_ptr<SocketEnd>> held_back_;
  std::deque<HeldResponse> held_responses_;
  std::deque<HeldWaiter> held_waiters_;
  std::optional<JsError> reset_reason_;
  std::optional<Time> idle_since_;
  std::unique_ptr<Instance> instance_;
};

// What the first listener threw before it returned its task, if one did (STD-20, STD-22).
template <typename Told>
std::optional<JsError> Object::call(EventListeners<Told>& listeners, const Told& event) {
  using mutants::Mutant;
  using mutants::planted;
  const bool all_are_called = flags().spec_compliant_dispatch_exceptions
                                  ? !planted(Mutant::kThrowingListenerEndsDispatch)
                                  : planted(Mutant::kThrowingListenerForgotten);
  std::optional<JsError> first;
  for (const auto& callback : listeners.take()) {
    try {
      instance_->run(callback(event), {});
    } catch (const JsError& thrown) {
      if (!first) first = thrown;
      if (!all_are_called) break;
    }
  }
  return first;
}

}  // namespace torpor::object
