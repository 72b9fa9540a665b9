#include "core/object/state.h"

#include <algorithm>

#include "core/mutants.h"
#include "core/object/instance.h"
#include "core/object/object.h"
#include "core/object/tags.h"
#include "core/object/transaction.h"
#include "core/object/web_socket.h"

namespace torpor::object {

using mutants::Mutant;
using mutants::planted;

namespace {

// Holds the callback for as long as the coroutine it makes runs: a lambda's captures live in the
// lambda.
Task<> owning(DurableObjectState::Callback callback) {
  co_await callback();
}

Task<> run_blocking(Instance& instance, DurableObjectState::Callback callback) {
  co_await NextTurn(instance);
  co_await callback();
  co_await NextTurn(instance);
}

// An end that has no other: nobody can accept or return that one.
std::shared_ptr<SocketEnd> lone_end(Object& object) {
  const auto pair = std::make_shared<SocketPair>(object.take_end_ids());
  pair->end(1)->mark_returned();
  return pair->end(0);
}

std::string joined(const std::vector<std::string>& protocols) {
  std::string list;
  for (const std::string& protocol : protocols) list += (list.empty() ? "" : ", ") + protocol;
  return list;
}

std::vector<std::string> sorted(std::vector<std::string> tags) {
  std::sort(tags.begin(), tags.end());
  return tags;
}

}  // namespace

void Completion::set_done() {
  done_ = true;
  if (waiter_) instance_.resume({std::exchange(waiter_, {}), waiter_activity_});
}

// The event timeout cancels what waits here.
Completion::Awaiter::~Awaiter() {
  if (waits_ && !completion_.done_) completion_.waiter_ = {};
}

void Completion::Awaiter::await_suspend(std::coroutine_handle<> handle) {
  waits_ = true;
  completion_.waiter_ = handle;
  completion_.waiter_activity_ = completion_.instance_.current();
}

void Completion::Awaiter::await_resume() const {
  if (completion_.failure_) throw JsError(*completion_.failure_);
}

NextTurn::~NextTurn() {
  if (waiter_) instance_.forget_next_turn(waiter_);
}

void NextTurn::await_suspend(std::coroutine_handle<> handle) {
  waiter_ = handle;
  instance_.resume_next_turn({handle, instance_.current()});
}

Sleep::~Sleep() {
  if (timer_) instance_.remove_timer(*timer_);
}

void Sleep::await_suspend(std::coroutine_handle<> handle) {
  timer_ = instance_.add_timer(instance_.object().now() + duration_, handle);
}

bool StorageSync::await_ready() const {
  return planted(Mutant::kSyncDoesNotWait);
}

// The event timeout cancels what waits here.
StorageSync::~StorageSync() {
  if (timer_) instance_.remove_timer(*timer_);
  if (waiter_) object_.forget_waiter(waiter_);
}

// It takes a turn of the event loop even when all is durable.
void StorageSync::await_suspend(std::coroutine_handle<> handle) {
  const bool wrote = !object_.storage().all_confirmed();
  object_.end_turn();
  if (object_.storage().all_confirmed() && instance_.blocked()) {
    timer_ = instance_.add_timer(object_.now(), handle);
  } else if (object_.storage().all_confirmed()) {
    timer_ = instance_.add_waiting(handle);
    object_.resume_after_sync(*timer_, wrote);
  } else {
    waiter_ = handle;
    object_.when_confirmed({handle, instance_.current()});
  }
}

SocketFetch::~SocketFetch() {
  if (end_ && !result_) instance_.object().forget_connecting(end_->id());
}

void SocketFetch::await_suspend(std::coroutine_handle<> handle) {
  Object& object = instance_.object();
  end_ = lone_end(object);
  const Instance::Waiter waiter{handle, instance_.current()};
  object.connect(end_, request_, [this, waiter](const ConnectResult& result) {
    result_ = result;
    instance_.resume(waiter);
  });
}

FetchedSocket SocketFetch::await_resume() const {
  return instance_.object().fetched_socket(end_, *result_);
}

WebSocketPtr DurableObjectState::newWebSocket(const std::string& url,
                                              const std::vector<std::string>& protocols,
                                              bool is_list) {
  ConnectRequest request{.url = checked_socket_url(url), .headers = {}};
  check_protocols(protocols, is_list);
  if (!protocols.empty()) request.headers.emplace_back("Sec-WebSocket-Protocol", joined(protocols));
  request.offers_compression =
      object_.flags().web_socket_compression && !planted(Mutant::kNothingOffered);
  const auto end = lone_end(object_);
  end->set_connecting(!planted(Mutant::kConnectingShowsOpen));
  const WebSocketPtr socket = instance_.socket_of(end);
  if (!planted(Mutant::kUrlNotTold)) socket->url = url;
  object_.connect(end, std::move(request), [&object = object_, end](const ConnectResult& result) {
    object.new_socket_connected(end, result);
  });
  return socket;
}

SocketFetch DurableObjectState::fetchWebSocket(const std::string& url, Headers headers) {
  const auto parsed = parse_socket_url(url);
  if (!parsed || (parsed->scheme != "http" && parsed->scheme != "https" &&
                  !planted(Mutant::kSocketUrlFetched)))
    throw type_error("Fetch API cannot load: " + url);
  return SocketFetch(instance_, {.url = *parsed,
                                 .headers = std::move(headers),
                                 .offers_compression = planted(Mutant::kOfferedByFetch)});
}

WebSocketPtr DurableObjectState::receive(const std::shared_ptr<SocketEnd>& end) {
  object_.received(end);
  return instance_.socket_of(end);
}

std::array<WebSocketPtr, 2> DurableObjectState::newWebSocketPair() {
  auto pair = std::make_shared<SocketPair>(object_.take_end_ids());
  return {instance_.socket_of(pair->end(0)), instance_.socket_of(pair->end(1))};
}

void DurableObjectState::acceptWebSocket(const WebSocketPtr& socket,
                                         const std::vector<std::string>& tags) {
  SocketEnd& end = socket->end();
  if (end.accepted() && planted(Mutant::kAcceptedTwice)) return;
  if (end.accepted()) {
    throw error(
        "Cannot call `acceptWebSocket()` if the WebSocket was already accepted via `accept()`");
  }
  if ((end.peer().accepted() && !planted(Mutant::kBothEndsAccepted)) ||
      end.peer().returned_in_response()) {
    throw error(
        "Cannot call `acceptWebSocket()` on this WebSocket because its pair has already been "
        "accepted or used in a "
        "Response.");
  }
  if (planted(Mutant::kAcceptedBeforeChecked)) end.accept_hibernatable(object_, {});
  std::vector<std::string> distinct = checked_tags(tags, object_.parameters());
  HibernationManager& manager = object_.manager();
  if (static_cast<std::int64_t>(manager.size()) >=
      object_.parameters().sockets_max + (planted(Mutant::kSocketLimitOffByOne) ? 1 : 0)) {
    throw error("only " + std::to_string(object_.parameters().sockets_max) +
                " websockets can be accepted on a single Durable Object instance");
  }
  if (end.returned_in_response() && !planted(Mutant::kReturnedEndAccepted)) {
    // ACC-07: refused too late, the end stays in the lists.
    end.set_tags(std::move(distinct));
    manager.add(end.shared());
    throw type_error(
        "Tried to make an api::WebSocket hibernatable when it was in an incompatible state.");
  }
  end.accept_hibernatable(object_, std::move(distinct));
  manager.add(end.shared());
}

std::vector<WebSocketPtr> DurableObjectState::getWebSockets() {
  std::vector<WebSocketPtr> sockets;
  if (planted(Mutant::kConstructorListsNothing) && !instance_.constructed()) return sockets;
  for (const auto& end : object_.manager().newest_first())
    if (!planted(Mutant::kClosingUnlisted) || !end->closed_outgoing())
      sockets.push_back(instance_.socket_of(end));
  return sockets;
}

std::vector<WebSocketPtr> DurableObjectState::getWebSockets(const std::string& tag) {
  std::vector<WebSocketPtr> sockets;
  for (const auto& end : object_.manager().tagged_oldest_first(tag))
    sockets.push_back(instance_.socket_of(end));
  return sockets;
}

std::vector<std::string> DurableObjectState::getTags(const WebSocketPtr& socket) const {
  switch (socket->end().mode()) {
    case SocketMode::kUnaccepted:
      throw error(
          "you must call 'acceptWebSocket()' before attempting to access the tags of a WebSocket.");
    case SocketMode::kStandard:
      throw error("only hibernatable websockets can have tags.");
    case SocketMode::kHibernatable:
      return planted(Mutant::kTagsSorted) ? sorted(socket->end().tags()) : socket->end().tags();
  }
  return {};
}

void DurableObjectState::setWebSocketAutoResponse(std::optional<RequestResponsePair> pair) {
  const auto check = [&](const char* what, const char* in_sentence, const std::string& text) {
    const std::int64_t length = limited_length(text, object_.parameters());
    const std::int64_t limit = object_.parameters().auto_response_length_max +
                               (planted(Mutant::kAutoResponseLimitOffByOne) ? 1 : 0);
    if (length <= limit) return;
    throw range_error(std::string(what) + " cannot be larger than " + std::to_string(limit) +
                      " bytes. A " + in_sentence + " of size " + std::to_string(length) +
                      " was provided.");
  };
  if (planted(Mutant::kRefusedPairClears)) object_.manager().auto_response.reset();
  if (planted(Mutant::kPairCannotBeUnset) && !pair) return;
  if (planted(Mutant::kPairNeedsSocket) && object_.manager().size() == 0) return;
  if (pair) {
    check("Request", "request", pair->request);
    check("Response", "response", pair->response);
  }
  object_.manager().auto_response = std::move(pair);
}

std::optional<RequestResponsePair> DurableObjectState::getWebSocketAutoResponse() const {
  const auto& pair = object_.manager().auto_response;
  if (planted(Mutant::kPairSwapped) && pair)
    return RequestResponsePair{pair->response, pair->request};
  return pair;
}

std::optional<Time> DurableObjectState::getWebSocketAutoResponseTimestamp(
    const WebSocketPtr& socket) const {
  return socket->end().auto_response_at;
}

void DurableObjectState::setHibernatableWebSocketEventTimeout(std::optional<std::int64_t> ms) {
  const std::int64_t limit = object_.parameters().event_timeout_ms_max;
  if (ms && *ms > limit + (planted(Mutant::kTimeoutLimitOffByOne) ? 1 : 0))
    throw error("Event timeout should not exceed " + std::to_string(limit) + " ms.");
  object_.manager().event_timeout_ms =
      ms && (*ms > 0 || planted(Mutant::kZeroTimeoutIsOne)) ? ms : std::nullopt;
}

std::optional<std::int64_t> DurableObjectState::getHibernatableWebSocketEventTimeout() const {
  return object_.manager().event_timeout_ms;
}

void DurableObjectState::abort(std::optional<std::string> reason) {
  if (planted(Mutant::kAbortReasonLost)) reason.reset();
  throw Aborted{reason.value_or("Application called abort() to reset Durable Object.")};
}

std::shared_ptr<Completion> DurableObjectState::in_section(
    std::function<Task<>(const std::shared_ptr<Completion>&)> body) {
  auto completion = std::make_shared<Completion>(instance_);
  Section::enter(instance_.section(), [this, completion, body](const SectionPtr& section) {
    const auto on_done = [this, completion, section](std::exception_ptr failure) {
      if (failure && !planted(Mutant::kBlockedThrowForgiven)) return object_.reset_after(failure);
      Section::leave(section);
      completion->set_done();
    };
    const Time limit = now() + milliseconds(object_.parameters().block_concurrency_ms_max);
    instance_.run(body(completion), {.section = section,
                                     .cancel_at = limit,
                                     .on_done = on_done,
                                     .hold = Hold::kBlockConcurrencyWhile});
  });
  return completion;
}

std::shared_ptr<Completion> DurableObjectState::blockConcurrencyWhile(Callback callback) {
  return in_section([this, callback](const auto&) { return run_blocking(instance_, callback); });
}

std::shared_ptr<Completion> DurableObjectState::transaction(TransactionCallback callback) {
  return in_section(
      [this, callback](const auto& completion) { return run_transaction(callback, completion); });
}

Task<> DurableObjectState::run_transaction(TransactionCallback callback,
                                           std::shared_ptr<Completion> completion) {
  co_await NextTurn(instance_);
  ++transactions_;
  const auto transaction = std::make_shared<DurableObjectTransaction>(*this);
  try {
    co_await callback(transaction);
    transaction->commit();
  } catch (const JsError& thrown) {
    transaction->undo();
    completion->set_failure(thrown);
  }
  --transactions_;
  co_await NextTurn(instance_);
}

void DurableObjectState::waitUntil(Task<> task) {
  instance_.run(std::move(task), {.hold = Hold::kWaitUntil});
}

void DurableObjectState::setTimeout(Duration delay, Callback callback) {
  instance_.add_timer(now() + delay, [&instance = instance_, section = instance_.section(),
                                      callback = std::move(callback)] {
    instance.run(owning(callback), {.section = section, .hold = Hold::kTimer});
  });
}

void DurableObjectState::setInterval(Duration period, Callback callback) {
  // Never twice in the same instant: nothing else would ever happen.
  setTimeout(std::max(period, milliseconds(1)), [this, period, callback]() -> Task<> {
    setInterval(period, callback);
    co_await callback();
  });
}

Storage& DurableObjectState::storage() {
  return object_.storage();
}
void DurableObjectState::check_alarm_handler() const {
  if (instance_.constructed() && !instance_.code().handlers().alarm &&
      !planted(Mutant::kAlarmWithoutHandler)) {
    throw type_error(
        "Your Durable Object class must have an alarm() handler in order to call setAlarm()");
  }
}
void DurableObjectState::setAlarm(Duration delay) {
  check_alarm_handler();
  if (!planted(Mutant::kSetAlarmFree)) ++object_.usage().alarms_set;
  object_.storage().set_alarm(now() + delay);
}
void DurableObjectState::deleteAlarm() {
  object_.storage().delete_alarm();
}
void DurableObjectState::deleteAll() {
  if (transactions_ > 0) throw error("Cannot call deleteAll() within a transaction");
  object_.storage().remove_all(object_.flags().delete_all_deletes_alarm);
}
Time DurableObjectState::now() const {
  return object_.now();
}
std::int64_t DurableObjectState::dateNow() const {
  return object_.date_now();
}

}  // namespace torpor::object
