#include "sim/world.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "core/prefetch.h"

namespace torpor::sim {
namespace {

constexpr std::uint64_t kTieBound = 1u << 20;

constexpr std::size_t kHandlerOctets = 512;  // what a client has at hand

std::string livelock(std::uint64_t events, const std::string& where, const char* limit) {
  return std::to_string(events) + " events " + where +
         " and no end of the run: its server or its clients keep waking " +
         "one another; a run that is meant to be this long needs a greater WorldLimits::" + limit;
}

}  // namespace

World::World(server::ServerOptions server, NetworkOptions network, Oracle oracle,
             WorldLimits limits, ObjectFaults faults)
    : network_(network),
      limits_(limits),
      faults_(faults),
      oracle_(std::move(oracle)),
      links_(1),  // no connection is number 0
      server_(std::move(server), *this) {}
World::~World() = default;

std::optional<Time> World::next_event_time() const {
  const std::optional<Time> deadline = server_.next_deadline();
  if (!deadline) return queue_.empty() ? std::nullopt : std::optional(queue_.next_time());
  const Time due = std::max(*deadline, now_);
  return queue_.empty() ? due : std::min(due, queue_.next_time());
}

// `deadline`: the server's, not before now.
bool World::deadline_comes_first(std::optional<Time> deadline) {
  if (!deadline) return false;
  if (queue_.empty()) return true;
  if (*deadline != queue_.next_time()) return *deadline < queue_.next_time();
  return network_.shuffle_equal_times && oracle_.choose(Choice::kOrder, 0, 2) == 1;
}

bool World::step() {
  return step_until(Time::max());
}

// False when nothing happens by then.
bool World::step_until(Time latest) {
  std::optional<Time> deadline = server_.next_deadline();
  if (deadline) deadline = std::max(*deadline, now_);
  const bool queued = !queue_.empty() && queue_.next_time() <= latest;
  if (!queued && (!deadline || *deadline > latest)) return false;
  if (deadline_comes_first(deadline)) {
    move_clock(*deadline);
    happen(EventKind::kDeadline, 0, {});
    server_.advance_to(now_);
    interfere();
    return true;
  }
  move_clock(queue_.next_time());
  handle(queue_.pop([this](Event next, std::size_t ahead) { prefetch(next, ahead); }));
  return true;
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
  events_at_this_time_ = 0;
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
  const std::uint64_t tie =
      network_.shuffle_equal_times ? oracle_.choose(Choice::kOrder, subject, kTieBound) : 0;
  queue_.push(at, tie, {kind, subject});
}

// Enters an event into the digest, and counts it.
void World::happen(EventKind kind, std::uint64_t subject, std::string_view octets) {
  const std::uint64_t numbers[] = {static_cast<std::uint64_t>(kind), subject,
                                   static_cast<std::uint64_t>(to_microseconds(now_)),
                                   octets.size()};
  for (const std::uint64_t number : numbers) digest_.add(number);
  digest_.add(octets);
  if (++events_ % kCheckpointEvery == 0) checkpoints_.push_back(digest_.hex());
  if (++events_at_this_time_ > limits_.events_at_one_time_max) {
    const std::string where = "at " + std::to_string(to_microseconds(now_)) + " us of virtual time";
    throw Livelock(livelock(events_at_this_time_, where, "events_at_one_time_max"));
  }
  if (events_ > limits_.events_max) throw Livelock(livelock(events_, "in all", "events_max"));
}

}  // namespace torpor::sim
