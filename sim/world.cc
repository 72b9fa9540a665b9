#include "sim/world.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "core/prefetch.h"

namespace torpor::sim {
namespace {

constexpr std::size_t kHandlerOctets = 512;  // what a client has at hand

std::string livelock(const std::string& what, const std::string& where, const char* limit) {
  return what + " " + where + " and no end of the run: its server or its clients keep waking " +
         "one another; a run that is meant to be this long needs a greater WorldLimits::" + limit;
}

}  // namespace

std::string_view World::name_of(EventKind kind) {
  constexpr std::string_view kNames[] = {"opened",
                                         "to server",
                                         "server sees fin",
                                         "server sees reset",
                                         "server may send",
                                         "connected",
                                         "refused",
                                         "to client",
                                         "client reads",
                                         "client sees fin",
                                         "client sees reset",
                                         "deadline of the server",
                                         "wake",
                                         "deploy",
                                         "taken",
                                         "server connected",
                                         "server refused",
                                         "evict",
                                         "crash"};
  return kNames[static_cast<std::size_t>(kind)];
}

World::World(server::ServerOptions server, NetworkOptions network, Oracle oracle,
             WorldLimits limits, ObjectFaults faults)
    : network_(network),
      limits_(limits),
      faults_(faults),
      oracle_(std::move(oracle)),
      links_(1),  // no connection is number 0
      server_(std::move(server), *this) {}
World::~World() = default;

// What is known of the future but the server's own deadline.
std::optional<Time> World::next_entered_time() const {
  if (!present_.empty()) return now_;
  return queue_.empty() ? std::nullopt : std::optional(queue_.next_time());
}

std::optional<Time> World::next_event_time() const {
  const std::optional<Time> entered = next_entered_time(), deadline = server_.next_deadline();
  if (!deadline) return entered;
  const Time due = std::max(*deadline, now_);
  return entered ? std::min(due, *entered) : due;
}

bool World::step() {
  return step_until(Time::max());
}

// False when nothing happens by then.
bool World::step_until(Time latest) {
  const std::optional<Time> entered = next_entered_time();
  std::optional<Time> deadline = server_.next_deadline();
  if (deadline) deadline = std::max(*deadline, now_);
  const Time next = std::min(entered.value_or(Time::max()), deadline.value_or(Time::max()));
  if ((!entered && !deadline) || next > latest) return false;
  move_clock(next);
  const bool due = deadline == next;
  if (network_.shuffle_equal_times) {
    any_of_the_present(due);
  } else if (entered == next) {
    handle(queue_.pop([this](Event event, std::size_t ahead) { prefetch(event, ahead); }));
  } else {
    server_is_due();
  }
  return true;
}

// One of the events of this instant, whichever is chosen; the server's deadline, where it is `due`,
// is the last of them.
void World::any_of_the_present(bool due) {
  while (!queue_.empty() && queue_.next_time() == now_) present_.push_back(queue_.pop());
  const std::size_t count = present_.size() + (due ? 1 : 0);
  const auto instant = static_cast<std::uint64_t>(to_microseconds(now_));
  const std::size_t chosen =
      count == 1 ? 0 : static_cast<std::size_t>(oracle_.choose(Choice::kOrder, instant, count));
  if (chosen == present_.size()) return server_is_due();
  const Event event = present_[chosen];
  present_.erase(present_.begin() + static_cast<std::ptrdiff_t>(chosen));
  handle(event);
}

void World::server_is_due() {
  happen(EventKind::kDeadline, 0, {});
  server_.advance_to(now_);
  show_windows();
  interfere();
}

// What an event needs is on its way from memory while those before it are handled: connections are
// many, and each event is about another. The nearer it is, the further its pointers are followed.
void World::prefetch(Event event, std::size_t ahead) const {
  constexpr std::size_t kLink = 64, kOctets = 32, kSocket = 16, kEnd = 8, kCode = 4;
  if (ahead > kLink) return;
  if (event.kind == EventKind::kWake) {
    if (ahead > kSocket) prefetch_memory(wakes_[event.subject].handler, kHandlerOctets);
    return;
  }
  const Link* link = links_[event.subject].get();
  if (!link) return;
  if (ahead > kOctets) return prefetch_memory(link, sizeof *link);
  if (event.kind == EventKind::kToServer) {
    if (ahead > kSocket) link->to_server.prefetch();
    const int part = ahead > kSocket ? 0 : ahead > kEnd ? 1 : ahead > kCode ? 2 : 3;
    server_.prefetch(static_cast<server::ConnectionId>(event.subject), part);
  } else if (event.kind == EventKind::kToClient && ahead > kSocket) {
    link->to_client.prefetch();
    if (link->handler) prefetch_memory(link->handler, kHandlerOctets);
  }
}

void World::run_until(Time time) {
  while (step_until(time)) {
  }
  advance_to(time);
}

void World::run() {
  while (step()) {
  }
}

void World::advance_to(Time time) {
  assert(time >= now_);
  assert(next_event_time().value_or(Time::max()) >= time);
  move_clock(time);
}

void World::move_clock(Time time) {
  if (time == now_) return;
  now_ = time;
  events_at_this_time_ = turns_at_this_time_ = 0;
}

void World::wake_at(Time time, WakeHandler& handler, std::uint64_t token) {
  assert(time >= now_);
  if (free_wakes_.empty()) {
    free_wakes_.push_back(static_cast<std::uint32_t>(wakes_.size()));
    wakes_.emplace_back();
  }
  const std::uint32_t slot = free_wakes_.back();
  free_wakes_.pop_back();
  wakes_[slot] = {&handler, token};
  schedule(time, EventKind::kWake, slot);
}

void World::wake(std::uint32_t slot) {
  const Wake woken = wakes_[slot];
  free_wakes_.push_back(slot);
  happen(EventKind::kWake, woken.token, {});
  woken.handler->on_wake(woken.token, now_);
}

void World::deploy() {
  happen(EventKind::kDeploy, 0, {});
  server_.deploy(now_);
}

bool World::comes(ObjectFaultKind kind) {
  const bool comes =
      fault_happens(oracle_, static_cast<std::uint64_t>(kind), faults_[kind], Choice::kObjectFault);
  if (comes) happened_.push_back({now_, kind});
  return comes;
}

// Between two events of the server: what may happen to its objects at any moment.
void World::interfere() {
  if (!faults_.any()) return;
  if (comes(ObjectFaultKind::kEvict)) {
    happen(EventKind::kEvict, 0, {});
    server_.evict_all(now_);
  }
  if (comes(ObjectFaultKind::kDeploy)) deploy();
  if (comes(ObjectFaultKind::kCrash)) crash();
}

void World::crash() {
  happen(EventKind::kCrash, 0, {});
  server_.crash(now_, [this](server::ConnectionId id) {
    const Link* link = find(static_cast<std::uint64_t>(id));
    return link != nullptr && link->of_control;
  });
}

void World::schedule(Time at, EventKind kind, std::uint32_t subject) {
  queue_.push(at, {kind, subject});
}

// Enters an event into the digest, and counts it.
void World::happen(EventKind kind, std::uint64_t subject, std::string_view octets) {
  const std::uint64_t numbers[] = {static_cast<std::uint64_t>(kind), subject,
                                   static_cast<std::uint64_t>(to_microseconds(now_)),
                                   octets.size()};
  for (const std::uint64_t number : numbers) digest_.add(number);
  digest_.add(octets);
  if (++events_ % kCheckpointEvery == 0) checkpoints_.push_back(digest_.hex());
  if (watcher_) watcher_({events_, now_, name_of(kind), subject, octets});
  if (++events_at_this_time_ > limits_.events_at_one_time_max)
    throw Livelock(livelock(std::to_string(events_at_this_time_) + " events", present(),
                            "events_at_one_time_max"));
  if (events_ > limits_.events_max)
    throw Livelock(livelock(std::to_string(events_) + " events", "in all", "events_max"));
}

// Code that only talks to itself lets no event happen.
void World::turn_begins() {
  if (++turns_at_this_time_ > limits_.turns_at_one_time_max)
    throw Livelock(livelock(std::to_string(turns_at_this_time_) + " turns of objects", present(),
                            "turns_at_one_time_max"));
}

std::string World::present() const {
  return "at " + std::to_string(to_microseconds(now_)) + " us of virtual time";
}

}  // namespace torpor::sim
