// DurableObjectState: `ctx`, what the platform offers the code of one instance. Names as
// documented.
#pragma once

#include <array>
#include <coroutine>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/object/durable_object.h"
#include "core/object/hibernation_manager.h"
#include "core/object/js_error.h"
#include "core/object/outgoing.h"
#include "core/object/storage.h"
#include "core/object/task.h"
#include "core/time.h"

namespace torpor::object {

class DurableObjectTransaction;
class Instance;
class Object;
class SocketEnd;

// The end of a blockConcurrencyWhile or of a transaction, to be awaited or left alone.
class Completion {
 public:
  explicit Completion(Instance& instance) : instance_(instance) {}
  void set_done();
  // What whoever awaits it will see.
  void set_failure(JsError failure) { failure_ = std::move(failure); }

  auto operator co_await() { return Awaiter(*this); }

 private:
  class Awaiter {
   public:
    explicit Awaiter(Completion& completion) : completion_(completion) {}
    Awaiter(const Awaiter&) = delete;
    Awaiter& operator=(const Awaiter&) = delete;
    ~Awaiter();
    bool await_ready() const { return completion_.done_; }
    void await_suspend(std::coroutine_handle<> handle);
    void await_resume() const;

   private:
    Completion& completion_;
    bool waits_ = false;
  };
  Instance& instance_;
  bool done_ = false;
  std::optional<JsError> failure_;
  std::coroutine_handle<> waiter_;
  std::uint64_t waiter_activity_ = 0;
};

// A wait for the next turn, which comes before any event and any timer.
class NextTurn {
 public:
  explicit NextTurn(Instance& instance) : instance_(instance) {}
  NextTurn(const NextTurn&) = delete;
  NextTurn& operator=(const NextTurn&) = delete;
  ~NextTurn();
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> handle);
  void await_resume() { waiter_ = {}; }

 private:
  Instance& instance_;
  std::coroutine_handle<> waiter_;
};

// A wait for a timer: the one kind of await that lets other events in (MSG-10).
class Sleep {
 public:
  Sleep(Instance& instance, Duration duration) : instance_(instance), duration_(duration) {}
  Sleep(const Sleep&) = delete;
  Sleep& operator=(const Sleep&) = delete;
  ~Sleep();
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> handle);
  void await_resume() { timer_.reset(); }

 private:
  Instance& instance_;
  Duration duration_;
  std::optional<std::pair<Time, std::uint64_t>> timer_;
};

class StorageSync {
 public:
  StorageSync(Object& object, Instance& instance) : object_(object), instance_(instance) {}
  StorageSync(const StorageSync&) = delete;
  StorageSync& operator=(const StorageSync&) = delete;
  ~StorageSync();
  bool await_ready() const;
  void await_suspend(std::coroutine_handle<> handle);
  void await_resume() const {}

 private:
  Object& object_;
  Instance& instance_;
  std::coroutine_handle<> waiter_;
  std::optional<std::pair<Time, std::uint64_t>> timer_;
};

// fetch() with Upgrade: websocket, to be awaited; gives a FetchedSocket. Throws JsError when no
// answer comes (OUT-07).
class SocketFetch {
 public:
  SocketFetch(Instance& instance, ConnectRequest request)
      : instance_(instance), request_(std::move(request)) {}
  SocketFetch(const SocketFetch&) = delete;
  SocketFetch& operator=(const SocketFetch&) = delete;
  ~SocketFetch();
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> handle);
  FetchedSocket await_resume() const;

 private:
  Instance& instance_;
  ConnectRequest request_;
  std::shared_ptr<SocketEnd> end_;
  std::optional<ConnectResult> result_;
};

class DurableObjectState {
 public:
  using Callback = std::function<Task<>()>;

  DurableObjectState(Object& object, Instance& instance) : object_(object), instance_(instance) {}
  DurableObjectState(const DurableObjectState&) = delete;
  DurableObjectState& operator=(const DurableObjectState&) = delete;

  // new WebSocketPair(): ends 0 and 1.
  std::array<WebSocketPtr, 2> newWebSocketPair();

  // new WebSocket(url, protocols); `is_list`: they came as an array. Throws JsError (OUT-01,
  // OUT-02).
  WebSocketPtr newWebSocket(const std::string& url, const std::vector<std::string>& protocols = {},
                            bool is_list = true);
  // Throws JsError for a URL that fetch() does not load.
  SocketFetch fetchWebSocket(const std::string& url, Headers headers = {});

  // The webSocket of a response that another object gave, in this code's hands.
  WebSocketPtr receive(const std::shared_ptr<SocketEnd>& end);

  void acceptWebSocket(const WebSocketPtr& socket, const std::vector<std::string>& tags = {});
  std::vector<WebSocketPtr> getWebSockets();
  std::vector<WebSocketPtr> getWebSockets(const std::string& tag);
  std::vector<std::string> getTags(const WebSocketPtr& socket) const;

  void setWebSocketAutoResponse(std::optional<RequestResponsePair> pair);
  std::optional<RequestResponsePair> getWebSocketAutoResponse() const;
  std::optional<Time> getWebSocketAutoResponseTimestamp(const WebSocketPtr& socket) const;
  // Milliseconds; nothing or 0 unsets (TO-01).
  void setHibernatableWebSocketEventTimeout(std::optional<std::int64_t> ms);
  std::optional<std::int64_t> getHibernatableWebSocketEventTimeout() const;

  [[noreturn]] void abort(std::optional<std::string> reason = std::nullopt);
  // The callback runs in later turns, one such section after the other; nothing else does
  // meanwhile. What it throws resets the object (HIB-16), and so does 30 seconds of it.
  std::shared_ptr<Completion> blockConcurrencyWhile(Callback callback);
  // storage.transaction(), which holds back the others in the same way. What it throws undoes what
  // was written, and is thrown where it is awaited.
  using TransactionCallback =
      std::function<Task<>(const std::shared_ptr<DurableObjectTransaction>&)>;
  std::shared_ptr<Completion> transaction(TransactionCallback callback);
  void waitUntil(Task<> task);

  Sleep sleep(Duration duration) { return Sleep(instance_, duration); }
  void setTimeout(Duration delay, Callback callback);
  void setInterval(Duration period, Callback callback);
  // Suspends for ever: a promise that nothing settles.
  std::suspend_always never() const { return {}; }

  Storage& storage();
  // storage.sync(): waits until what was written is durable; other events come in meanwhile
  // (STORE-12).
  auto syncStorage() { return StorageSync{object_, instance_}; }
  void check_alarm_handler() const;
  void setAlarm(Duration delay);
  void deleteAlarm();
  void deleteAll();
  Time now() const;
  // Date.now(): milliseconds since the Unix epoch, on the run's clock.
  std::int64_t dateNow() const;

 private:
  Task<> run_transaction(TransactionCallback callback, std::shared_ptr<Completion> completion);
  std::shared_ptr<Completion> in_section(
      std::function<Task<>(const std::shared_ptr<Completion>&)> body);

  Object& object_;
  Instance& instance_;
  int transactions_ = 0;  // whose callback runs
};

}  // namespace torpor::object
