#include "sim/world.h"

#include <cassert>
#include <utility>

namespace torpor::sim {
namespace {

constexpr std::uint64_t kTieBound = 1u << 20;

}  // namespace

struct World::Link {
  Link(ChannelHandler& client, const NetworkOptions& options, Chooser& chooser, std::uint64_t id)
      : handler(&client), to_server(options, chooser, id * 2), to_client(options, chooser, id * 2 + 1) {}

  ChannelHandler* handler;  // null once the client has forgotten the channel
  Flow to_server;
  Flow to_client;
  std::string unread;        // arrived while the client does not read
  std::string before_open;   // written before the connection stood
  std::optional<EndKind> end_behind_unread;
  bool connected = false;
  bool finish_when_open = false;
  bool reading = true;
  bool client_ended = false;  // the client has been told of the end
  bool server_gone = false;   // the server has closed or lost it
};

World::World(server::ServerOptions server, NetworkOptions network, Oracle oracle)
    : network_(network), oracle_(std::move(oracle)), server_(std::move(server), *this) {}
World::~World() = default;

World::Link* World::find(std::uint64_t id) {
  const auto found = links_.find(id);
  return found == links_.end() ? nullptr : found->second.get();
}

std::optional<Time> World::next_event_time() const {
  const std::optional<Time> deadline = server_.next_deadline();
  if (queue_.empty()) return deadline ? std::optional(std::max(*deadline, now_)) : std::nullopt;
  if (deadline && *deadline < queue_.next_time()) return std::max(*deadline, now_);
  return queue_.next_time();
}

void World::step() {
  const std::optional<Time> deadline = server_.next_deadline();
  if (deadline && (queue_.empty() || *deadline < queue_.next_time())) {
    now_ = std::max(now_, *deadline);
    record(EventKind::kDeadline, 0, {});
    server_.advance_to(now_);
    return;
  }
  assert(!queue_.empty());
  now_ = queue_.next_time();
  Event event = queue_.pop();
  record(event.kind, event.link, event.octets);
  handle(event);
  if (const Link* link = find(event.link); link && link->server_gone && (link->client_ended || !link->handler)) {
    links_.erase(event.link);
  }
}

void World::advance_to(Time time) {
  assert(time >= now_);
  now_ = time;
}

void World::record(EventKind kind, std::uint64_t link, std::string_view octets) {
  const std::uint64_t numbers[] = {static_cast<std::uint64_t>(kind), link,
                                   static_cast<std::uint64_t>(to_microseconds(now_)), octets.size()};
  char head[sizeof numbers];
  std::size_t at = 0;
  for (const std::uint64_t number : numbers) {
    for (int shift = 0; shift < 64; shift += 8) head[at++] = static_cast<char>(number >> shift & 0xff);
  }
  digest_.add({head, sizeof head});
  digest_.add(octets);
  if (++events_ % kCheckpointEvery == 0) checkpoints_.push_back(digest_.hex());
}

void World::schedule(Time at, EventKind kind, std::uint64_t link, std::string octets) {
  const std::uint64_t tie = network_.shuffle_equal_times ? oracle_.choose(Choice::kOrder, link, kTieBound) : 0;
  queue_.push(at, tie, {kind, link, std::move(octets)});
}

void World::schedule_to_server(std::uint64_t link, std::vector<Arrival> arrivals) {
  for (Arrival& arrival : arrivals) {
    const EventKind kind = arrival.kind == Arrival::Kind::kOctets ? EventKind::kToServer
                           : arrival.kind == Arrival::Kind::kFin  ? EventKind::kServerSeesFin
                                                                  : EventKind::kServerSeesReset;
    schedule(arrival.at, kind, link, std::move(arrival.octets));
  }
}

void World::schedule_to_client(std::uint64_t link, std::vector<Arrival> arrivals) {
  for (Arrival& arrival : arrivals) {
    const EventKind kind = arrival.kind == Arrival::Kind::kOctets ? EventKind::kToClient
                           : arrival.kind == Arrival::Kind::kFin  ? EventKind::kClientSeesFin
                                                                  : EventKind::kClientSeesReset;
    schedule(arrival.at, kind, link, std::move(arrival.octets));
  }
}

ChannelId World::connect(ChannelHandler& handler) {
  const std::uint64_t id = next_link_++;
  links_.emplace(id, std::make_unique<Link>(handler, network_, oracle_, id));
  schedule(now_ + network_.latency_min, EventKind::kOpened, id);
  return static_cast<ChannelId>(id);
}

void World::write(ChannelId id, std::string octets) {
  Link* link = find(static_cast<std::uint64_t>(id));
  if (!link) return;
  if (!link->connected) {
    link->before_open += octets;
    return;
  }
  schedule_to_server(static_cast<std::uint64_t>(id), link->to_server.send(std::move(octets), now_));
}

void World::finish(ChannelId id) {
  Link* link = find(static_cast<std::uint64_t>(id));
  if (!link) return;
  if (!link->connected) {
    link->finish_when_open = true;
    return;
  }
  schedule_to_server(static_cast<std::uint64_t>(id), link->to_server.finish(now_));
}

void World::reset(ChannelId id) {
  Link* link = find(static_cast<std::uint64_t>(id));
  if (!link) return;
  link->handler = nullptr;
  schedule_to_server(static_cast<std::uint64_t>(id), link->to_server.reset(now_));
}

void World::stop_reading(ChannelId id) {
  if (Link* link = find(static_cast<std::uint64_t>(id))) link->reading = false;
}

void World::resume_reading(ChannelId id) {
  Link* link = find(static_cast<std::uint64_t>(id));
  if (!link || std::exchange(link->reading, true)) return;
  // The client is told by an event of its own: no call back from within its own call.
  schedule(now_, EventKind::kToClient, static_cast<std::uint64_t>(id));
}

void World::write(server::ConnectionId id, std::string octets) {
  const auto link_id = static_cast<std::uint64_t>(id);
  Link* link = find(link_id);
  if (!link || link->server_gone) return;
  schedule_to_client(link_id, link->to_client.send(std::move(octets), now_));
  if (link->to_client.unsent() > 0) schedule(now_, EventKind::kServerWindow, link_id);
}

void World::finish(server::ConnectionId id) {
  const auto link_id = static_cast<std::uint64_t>(id);
  if (Link* link = find(link_id)) schedule_to_client(link_id, link->to_client.finish(now_));
}

void World::close(server::ConnectionId id) {
  finish(id);
  if (Link* link = find(static_cast<std::uint64_t>(id))) link->server_gone = true;
}

void World::handle(Event& event) {
  Link* link = find(event.link);
  if (!link) return;
  const auto connection = static_cast<server::ConnectionId>(event.link);
  const auto channel = static_cast<ChannelId>(event.link);
  switch (event.kind) {
    case EventKind::kOpened:
      server_.opened(connection, now_);
      schedule(now_ + network_.latency_min, EventKind::kConnected, event.link);
      return;
    case EventKind::kConnected:
      link->connected = true;
      if (!link->before_open.empty()) write(channel, std::exchange(link->before_open, {}));
      if (link->finish_when_open) finish(channel);
      if (link->handler) link->handler->on_connected(channel, now_);
      return;
    case EventKind::kToServer:
      schedule_to_server(event.link, link->to_server.taken(event.octets.size(), now_));
      if (!link->server_gone) server_.received(connection, event.octets, now_);
      return;
    case EventKind::kServerSeesFin:
      if (!link->server_gone) server_.peer_finished(connection, now_);
      return;
    case EventKind::kServerSeesReset:
      if (!std::exchange(link->server_gone, true)) server_.peer_reset(connection, now_);
      // A cut is seen from both sides.
      if (link->handler) client_sees_end(*link, event.link, EndKind::kReset);
      return;
    case EventKind::kToClient: return hand_to_client(event.link, *link, event.octets);
    case EventKind::kClientSeesFin: return client_sees_end(*link, event.link, EndKind::kFin);
    case EventKind::kClientSeesReset:
      if (!std::exchange(link->server_gone, true)) server_.peer_reset(connection, now_);
      return client_sees_end(*link, event.link, EndKind::kReset);
    case EventKind::kServerWindow:
      if (!link->server_gone) server_.written(connection, link->to_client.unsent(), now_);
      return;
    case EventKind::kDeadline: return;
  }
}

void World::hand_to_client(std::uint64_t id, Link& link, std::string_view octets) {
  link.unread += octets;
  if (!link.reading) return;
  const std::string taken = std::exchange(link.unread, {});
  const std::size_t held_back = link.to_client.unsent();
  schedule_to_client(id, link.to_client.taken(taken.size(), now_));
  if (held_back > 0) schedule(now_, EventKind::kServerWindow, id);
  const auto end = std::exchange(link.end_behind_unread, std::nullopt);
  if (!taken.empty() && link.handler) link.handler->on_received(static_cast<ChannelId>(id), taken, now_);
  if (end) client_sees_end(link, id, *end);
}

void World::client_sees_end(Link& link, std::uint64_t id, EndKind how) {
  if (how == EndKind::kFin && !link.reading) {
    link.end_behind_unread = how;
    return;
  }
  if (std::exchange(link.client_ended, true) || !link.handler) return;
  link.handler->on_ended(static_cast<ChannelId>(id), how, now_);
}

}  // namespace torpor::sim
