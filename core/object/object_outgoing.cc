// Outgoing sockets: from the call that asks for one to the first event. What follows is as on any
// standard socket. Source: OUT-03 to OUT-08, CLOSE-10.
#include <algorithm>
#include <utility>

#include "core/mutants.h"
#include "core/object/object.h"
#include "core/object/web_socket.h"

namespace torpor::object {

using mutants::Mutant;
using mutants::planted;

namespace {

constexpr std::uint16_t kAbnormalClosure = 1006;
constexpr int kSwitchingProtocols = 101;

JsError failure_of(const ConnectResult& result) {
  if (result.status == 0) return error("Network connection lost.");
  return type_error(
      "Failed to establish the WebSocket connection: expected server to reply with HTTP status "
      "code 101 (switching protocols), but received " +
      std::to_string(result.status) + " instead.");
}

}  // namespace

void Object::connect(const std::shared_ptr<SocketEnd>& end, ConnectRequest request,
                     OnConnected done) {
  connecting_[end->id()] = {end, std::move(request), std::move(done), storage_.ticket(),
                            instance_->section()};
  to_connect_.push_back(end->id());
}

// The handshake waits for the output gate like anything else that is sent (OUT-06).
void Object::start_connecting() {
  for (const std::uint64_t id : std::exchange(to_connect_, {})) {
    const auto found = connecting_.find(id);
    if (found == connecting_.end() || found->second.given_up) continue;
    if (!storage_.confirmed(found->second.ticket) && !planted(Mutant::kConnectsBeforeWrite)) {
      held_connects_.push_back(id);
      continue;
    }
    const std::shared_ptr<SocketEnd> end = found->second.end;
    auto give_up = host_.connect(*this, end, ConnectRequest(found->second.request));
    // It may have been told of the result already, and be done.
    if (const auto still = connecting_.find(id); still != connecting_.end())
      still->second.give_up = std::move(give_up);
  }
}

void Object::connected(SocketEnd& end, ConnectResult result) {
  const auto found = connecting_.find(end.id());
  if (found == connecting_.end() || found->second.given_up) return;
  if (result.link) end.attach(*result.link);
  // What runs in blockConcurrencyWhile waits for it: no other event may be in the way.
  if (Section::is_object(found->second.section))
    return enqueue(ConnectEvent{end.id(), std::move(result)});
  dispatch(ConnectEvent{end.id(), std::move(result)});
  work();
}

void Object::dispatch(ConnectEvent event) {
  auto connecting = connecting_.extract(event.end_id);
  if (connecting) connecting.mapped().done(event.result);
}

// CLOSE-10. The code that calls goes on first.
void Object::give_up_connecting(SocketEnd& end) {
  Connecting& connecting = connecting_.at(end.id());
  connecting.given_up = true;
  if (connecting.give_up) connecting.give_up();
  if (planted(Mutant::kGivenUpUnheard)) return forget_connecting(end.id());
  pending_.push_back(ConnectEvent{end.id(), {}});
}

void Object::forget_connecting(std::uint64_t end_id) {
  const auto connecting = connecting_.extract(end_id);
  if (connecting && connecting.mapped().give_up) connecting.mapped().give_up();
}

void Object::forget_all_connecting() {
  while (!connecting_.empty()) forget_connecting(connecting_.begin()->first);
  to_connect_.clear();
  held_connects_.clear();
}

void Object::new_socket_connected(const std::shared_ptr<SocketEnd>& end,
                                  const ConnectResult& result) {
  const WebSocketPtr socket = instance_->socket_of(end);
  end->set_connecting(false);
  if (result.status != kSwitchingProtocols) {
    const JsError failure = failure_of(result);
    end->set_errored();
    if (!planted(Mutant::kRefusedWithoutError))
      call(socket->onerror,
           ErrorEvent{failure, "Uncaught " + failure.name + ": " + failure.message});
    end->abort_outgoing();
    if (!planted(Mutant::kRefusedWithoutClose))
      call(socket->onclose,
           CloseEvent{kAbnormalClosure, "Failed to establish websocket connection", false});
    return;
  }
  if (!planted(Mutant::kProtocolNotTold)) socket->protocol = result.protocol;
  socket->extensions = result.extensions;
  end->accept(*this, replies_to_close_by_date());
  standard_socket_accepted(end);
  if (!planted(Mutant::kOpenUnheard)) call(socket->onopen, OpenEvent{});
  to_flush(end);
}

FetchedSocket Object::fetched_socket(const std::shared_ptr<SocketEnd>& end,
                                     const ConnectResult& result) {
  if (result.status == 0) throw failure_of(result);
  if (result.status != kSwitchingProtocols) return {result.status, nullptr};
  leftovers_[end->id()] = end;
  return {result.status, instance_->socket_of(end)};
}

void Object::received(const std::shared_ptr<SocketEnd>& end) {
  if (!planted(Mutant::kReceivedCannotBeAccepted)) end->mark_received();
  received_.push_back(end);
  next_end_id_ = std::max(next_end_id_, end->id() + 2);  // its own ends have other ids
}

bool Object::is_worker() const {
  return name_.empty();
}

bool Object::is_over() const {
  return pending_.empty() && nothing_keeps_worker();
}

// OUT-23: neither its timers do nor the connections that it is making.
bool Object::nothing_keeps_worker() const {
  if (!fetches_.empty() || !held_responses_.empty()) return false;
  if (planted(Mutant::kTimersKeepWorker) && instance_ && instance_->holds().any()) return false;
  if (planted(Mutant::kConnectingKeepsWorker) && !connecting_.empty()) return false;
  return std::all_of(standard_.begin(), standard_.end(),
                     [](const auto& entry) { return entry.second->input_ended(); });
}

void Object::leave() {
  instance_.reset();
  forget_all_connecting();
  const auto received = std::exchange(received_, {});
  drop_all_sockets();
  for (const auto& end : received) {
    if (planted(Mutant::kWorkerGoneUnheard)) break;
    const bool passed_on = end->ever_linked() || end->returned_in_response();  // not its any more
    if (passed_on && planted(Mutant::kPassedOnDropped)) end->peer().end_link();
    if (passed_on) continue;
    end->mark_let_go();
    if (SocketEnd& other = end->peer(); other.wants_input())
      other.take(Dropped{.reset = !planted(Mutant::kUnjoinedTakesSends)});  // CLE-16
  }
}

}  // namespace torpor::object
