#include "conformance/bench/hibernated.h"

#include <algorithm>
#include <memory>
#include <string>

#include "conformance/bench/meter.h"
#include "conformance/bench/objects.h"
#include "reference-server/server.h"
#include "sim/world.h"

namespace torpor::bench {
namespace {

constexpr std::size_t kLot = 10'000;
constexpr std::size_t kAttachment = 64;
constexpr Duration kUntilHibernated = milliseconds(30'000);
constexpr Duration kDay = milliseconds(24 * 60 * 60 * 1000);
constexpr Duration kMinute = milliseconds(60'000);

const std::string kUpgrade =
    "GET /sleeper HTTP/1.1\r\nHost: t\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

void check(bool holds, const char* otherwise) {
  if (!holds) throw WrongWork(otherwise);
}

// All the clients at once: they connect and wait.
class Silent final : public sim::ChannelHandler {
 public:
  explicit Silent(sim::World& world) : world_(world) {}

  void on_connected(sim::ChannelId id, Time) override { world_.write(id, kUpgrade); }
  void on_connect_failed(sim::ChannelId, std::string_view, Time) override {
    throw WrongWork("a client could not connect");
  }
  void on_received(sim::ChannelId, std::string_view octets, Time) override {
    check(octets.starts_with("HTTP/1.1 101"), "a client was refused");
    ++open;
  }
  void on_ended(sim::ChannelId, sim::EndKind, Time) override {
    throw WrongWork("a connection ended that was not to end");
  }

  std::size_t open = 0;

 private:
  sim::World& world_;
};

void connect_all(sim::World& world, Silent& client, std::size_t sockets) {
  for (std::size_t connected = 0; connected < sockets;) {
    const std::size_t lot = std::min(kLot, sockets - connected);
    for (std::size_t i = 0; i < lot; ++i) world.connect(client);
    connected += lot;
    world.run_until(world.now() + kUntilHibernated);
  }
  check(client.open == sockets, "not every client has a WebSocket");
}

// A transport that lets everything pass and keeps nothing.
class Nowhere final : public server::Transport {
 public:
  server::ConnectionId connect(const std::string&, std::uint16_t) override { return {}; }
  std::uint32_t random_bits(server::ConnectionId) override { return 0; }
  void write(server::ConnectionId, std::string octets) override {
    upgraded += octets.starts_with("HTTP/1.1 101") ? 1 : 0;
  }
  void finish(server::ConnectionId) override {}
  void close(server::ConnectionId) override { ++closed; }
  void cut(server::ConnectionId) override { ++closed; }

  std::size_t upgraded = 0;
  std::size_t closed = 0;
};

}  // namespace

Outcome run_hibernated_day(std::size_t sockets) {
  Deeds deeds;
  sim::World world(server_of(make_sleeper(deeds, kAttachment, kMinute)), {}, sim::Oracle::calm(1));
  Silent client(world);
  connect_all(world, client, sockets);
  const std::size_t instances = deeds.instances, alarms = deeds.alarms;
  const Stopwatch stopwatch;
  world.run_until(world.now() + kDay);
  const double seconds = stopwatch.seconds();
  constexpr std::size_t kAlarms = kDay / kMinute;
  check(deeds.alarms - alarms == kAlarms, "not one alarm a minute");
  check(deeds.instances - instances == kAlarms, "not one hibernation a minute");
  return {seconds * 1000,
          seconds,
          {{"sockets", static_cast<double>(sockets)}, {"alarms", static_cast<double>(kAlarms)}}};
}

Outcome run_hibernated_socket(std::size_t sockets) {
  const Stopwatch stopwatch;
  Deeds deeds;
  Nowhere transport;
  server::Server server(server_of(make_sleeper(deeds, kAttachment, {})), transport);
  Time now{};
  std::uint64_t next = 1;
  const std::int64_t before = heap_octets();
  for (std::size_t connected = 0; connected < sockets;) {
    for (const std::size_t lot_end = std::min(connected + kLot, sockets); connected < lot_end;
         ++connected) {
      const auto id = static_cast<server::ConnectionId>(next++);
      server.opened(id, now);
      server.received(id, kUpgrade, now);
    }
    check(server.next_deadline().has_value(), "the object is not awake");
    now = *server.next_deadline();
    server.advance_to(now);
    check(!server.next_deadline().has_value(), "the object does not hibernate");
  }
  const std::int64_t after = heap_octets();
  check(transport.upgraded == sockets && transport.closed == 0, "not every client has a WebSocket");
  const double each = static_cast<double>(after - before) / static_cast<double>(sockets);
  return {each - kAttachment,
          stopwatch.seconds(),
          {{"sockets", static_cast<double>(sockets)},
           {"attachment octets", kAttachment},
           {"octets with attachment", each}}};
}

Outcome run_hibernated_crowd(std::size_t sockets) {
  const Stopwatch stopwatch;
  Deeds deeds;
  sim::World world(server_of(make_sleeper(deeds, 0, {})), {}, sim::Oracle::calm(1));
  Silent client(world);
  connect_all(world, client, sockets);
  constexpr double kMiB = 1024 * 1024;
  return {static_cast<double>(peak_octets()) / kMiB,
          stopwatch.seconds(),
          {{"sockets", static_cast<double>(sockets)},
           {"heap MiB in the end", static_cast<double>(heap_octets()) / kMiB}}};
}

}  // namespace torpor::bench
