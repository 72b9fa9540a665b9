// The World's network: what both sides do to their connections, and what comes of it.
#include <utility>

#include "sim/world.h"

namespace torpor::sim {
namespace {

// Listeners are at 127.0.0.1, the first at this port, the next at the next.
constexpr std::uint32_t kFirstPort = 40'000;
constexpr const char* kListenerHost = "127.0.0.1";
// The server's draws, among the streams of the clients, which count from 1.
constexpr std::uint64_t kServerEntities = std::uint64_t{1} << 32;

}  // namespace

Link* World::find(std::uint64_t id) {
  return id < links_.size() ? links_[id].get() : nullptr;
}

void World::arrival(std::uint64_t flow, Arrival what, Time at) {
  constexpr EventKind kAtServer[] = {EventKind::kToServer, EventKind::kServerSeesFin,
                                     EventKind::kServerSeesReset};
  constexpr EventKind kAtClient[] = {EventKind::kToClient, EventKind::kClientSeesFin,
                                     EventKind::kClientSeesReset};
  const auto& kinds = Link::is_to_server(flow) ? kAtServer : kAtClient;
  schedule(at, kinds[static_cast<std::size_t>(what)], Link::link_of(flow));
}

ChannelId World::connect(ChannelHandler& handler) {
  return open(flows_, handler, network_.refuse_per_million);
}

ChannelId World::connect_to_control(ChannelHandler& handler) {
  const ChannelId id = open(control_flows_, handler, 0);
  links_.back()->of_control = true;
  return id;
}

ChannelId World::open(const FlowContext& context, ChannelHandler& handler,
                      std::uint32_t refuse_per_million) {
  const auto id = static_cast<std::uint32_t>(links_.size());
  links_.push_back(std::make_unique<Link>(context, id, &handler));
  const bool refused = fault_happens(oracle_, Link::flow_to_server(id), refuse_per_million);
  const Time at = links_.back()->to_server.arrival_time(now_);
  schedule(at, refused ? EventKind::kRefused : EventKind::kOpened, id);
  return static_cast<ChannelId>(id);
}

Listening World::listen(AcceptHandler& handler) {
  const auto index = static_cast<std::uint32_t>(listeners_.size());
  listeners_.push_back(&handler);
  return {static_cast<ListenerId>(index),
          kListenerHost + (":" + std::to_string(kFirstPort + index))};
}

void World::stop_listening(ListenerId id) {
  listeners_[static_cast<std::size_t>(id)] = nullptr;
}

server::ConnectionId World::connect(const std::string& host, std::uint16_t port) {
  const auto id = static_cast<std::uint32_t>(links_.size());
  links_.push_back(std::make_unique<Link>(flows_, id, nullptr));
  Link& link = *links_.back();
  link.travelling = true;
  link.listener = host == kListenerHost && port >= kFirstPort ? port - kFirstPort : Link::kNobody;
  if (fault_happens(oracle_, Link::flow_to_client(id), network_.refuse_per_million))
    link.listener = Link::kNobody;
  schedule(link.to_client.arrival_time(now_), EventKind::kTaken, id);
  return static_cast<server::ConnectionId>(id);
}

std::uint32_t World::random_bits(server::ConnectionId id) {
  const std::uint64_t entity = kServerEntities + static_cast<std::uint64_t>(id);
  return static_cast<std::uint32_t>(
      oracle_.choose(Choice::kMaskKey, entity, std::uint64_t{1} << 32));
}

// A connection of the server's own has come to where it was sent.
void World::take(Event event, Link& link) {
  link.travelling = false;
  const bool there = link.listener < listeners_.size() && listeners_[link.listener] != nullptr;
  const Time back = link.to_server.arrival_time(now_);
  schedule(back, there ? EventKind::kServerConnected : EventKind::kServerRefused, event.subject);
  if (!there) return;
  link.handler =
      &listeners_[link.listener]->on_accepted(static_cast<ChannelId>(event.subject), now_);
  link.to_server.open(now_);
}

void World::write(ChannelId id, std::string octets) {
  if (Link* link = find(static_cast<std::uint64_t>(id)))
    link->to_server.send(std::move(octets), now_);
}

void World::finish(ChannelId id) {
  if (Link* link = find(static_cast<std::uint64_t>(id))) link->to_server.finish(now_);
}

void World::reset(ChannelId id) {
  Link* link = find(static_cast<std::uint64_t>(id));
  if (!link) return;
  link->handler = nullptr;
  link->to_server.reset(now_);
}

void World::stop_reading(ChannelId id) {
  if (Link* link = find(static_cast<std::uint64_t>(id))) link->reading = false;
}

void World::resume_reading(ChannelId id) {
  Link* link = find(static_cast<std::uint64_t>(id));
  if (!link || std::exchange(link->reading, true)) return;
  schedule(now_, EventKind::kClientReads, static_cast<std::uint32_t>(id));
}

void World::write(server::ConnectionId id, std::string octets) {
  Link* link = find(static_cast<std::uint64_t>(id));
  if (!link || link->server_gone) return;
  link->to_client.send(std::move(octets), now_);
  if (link->to_client.unsent() > 0) {
    windows_to_see_.push_back(static_cast<std::uint32_t>(id));
  }
}

void World::show_windows() {
  for (std::size_t i = 0; i < windows_to_see_.size(); ++i) {
    const std::uint32_t id = windows_to_see_[i];
    happen(EventKind::kServerSeesWindow, id, {});
    const Link* link = find(id);
    if (!link || link->server_gone) continue;
    server_.written(static_cast<server::ConnectionId>(id), link->to_client.unsent(), now_);
  }
  windows_to_see_.clear();
}

void World::finish(server::ConnectionId id) {
  if (Link* link = find(static_cast<std::uint64_t>(id))) link->to_client.finish(now_);
}

void World::close(server::ConnectionId id) {
  finish(id);
  if (Link* link = find(static_cast<std::uint64_t>(id))) link->server_gone = true;
}

void World::cut(server::ConnectionId id) {
  if (Link* link = find(static_cast<std::uint64_t>(id))) link->to_client.discard_unsent();
  close(id);
}

void World::handle(Event event) {
  if (event.kind == EventKind::kWake) return wake(event.subject);
  Link* link = find(event.subject);
  if (!link) return happen(event.kind, event.subject, {});
  const bool of_connect =
      event.kind == EventKind::kServerConnected || event.kind == EventKind::kServerRefused;
  if (event.kind <= EventKind::kLastOnServer || of_connect) {
    handle_on_server(event, *link);
    show_windows();
    if (!link->of_control) interfere();
  } else {
    handle_on_client(event, *link);
    show_windows();
  }
  if (link->over()) links_[event.subject].reset();
}

void World::handle_on_server(Event event, Link& link) {
  const auto connection = static_cast<server::ConnectionId>(event.subject);
  if (event.kind == EventKind::kToServer) {
    const std::string octets = link.to_server.arrive() ? link.to_server.take(now_) : std::string();
    happen(event.kind, event.subject, octets);
    if (!octets.empty() && !link.server_gone) server_.received(connection, octets, now_);
    return;
  }
  happen(event.kind, event.subject, {});
  switch (event.kind) {
    case EventKind::kOpened:
      server_.opened(connection, now_);
      schedule(link.to_client.arrival_time(now_), EventKind::kConnected, event.subject);
      return link.to_client.open(now_);
    case EventKind::kServerConnected:
      link.to_client.open(now_);
      if (!link.server_gone) server_.connected(connection, now_);
      return;
    case EventKind::kServerRefused:
      if (!std::exchange(link.server_gone, true)) server_.connect_failed(connection, now_);
      return;
    case EventKind::kServerSeesFin:
      if (!link.server_gone) server_.peer_finished(connection, now_);
      return;
    default:
      return lose(event.subject, link);
  }
}

void World::handle_on_client(Event event, Link& link) {
  if (event.kind == EventKind::kToClient || event.kind == EventKind::kClientReads)
    return hand_to_client(event, link);
  happen(event.kind, event.subject, {});
  switch (event.kind) {
    case EventKind::kTaken:
      return take(event, link);
    case EventKind::kConnected:
      link.to_server.open(now_);
      if (link.handler) link.handler->on_connected(static_cast<ChannelId>(event.subject), now_);
      return;
    case EventKind::kRefused:
      link.server_gone = true;
      if (ChannelHandler* handler = std::exchange(link.handler, nullptr)) {
        handler->on_connect_failed(static_cast<ChannelId>(event.subject), "connection refused",
                                   now_);
      }
      return;
    case EventKind::kClientSeesFin:
      link.fin_behind_unread = !link.reading;
      if (link.reading) end_client(event.subject, link, EndKind::kFin);
      return;
    default:
      return lose(event.subject, link);
  }
}

void World::hand_to_client(Event event, Link& link) {
  const bool complete = event.kind == EventKind::kClientReads || link.to_client.arrive();
  const bool held_back = link.to_client.unsent() > 0;
  const std::string octets = complete && link.reading ? link.to_client.take(now_) : std::string();
  happen(event.kind, event.subject, octets);
  if (held_back && !octets.empty()) windows_to_see_.push_back(event.subject);
  if (!octets.empty() && link.handler) {
    link.handler->on_received(static_cast<ChannelId>(event.subject), octets, now_);
  }
  if (link.reading && link.fin_behind_unread) end_client(event.subject, link, EndKind::kFin);
}

// A reset, or a cut, which is seen from both sides.
void World::lose(std::uint32_t id, Link& link) {
  if (!std::exchange(link.server_gone, true))
    server_.peer_reset(static_cast<server::ConnectionId>(id), now_);
  end_client(id, link, EndKind::kReset);
}

void World::end_client(std::uint32_t id, Link& link, EndKind how) {
  if (ChannelHandler* handler = std::exchange(link.handler, nullptr)) {
    handler->on_ended(static_cast<ChannelId>(id), how, now_);
  }
}

}  // namespace torpor::sim
