#include "sim/world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "reference-server/fixture/fixture_app.h"
#include "reference-server/samples/samples.h"

namespace torpor::sim {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* kUpgrade =
    "GET /websocket HTTP/1.1\r\nHost: t\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
const std::string kHello = "\x81\x05hello";  // unmasked, as workerd takes it

class Client final : public ChannelHandler {
 public:
  void on_connected(ChannelId, Time) override { connected = true; }
  void on_connect_failed(ChannelId, std::string_view, Time) override {}
  void on_received(ChannelId, std::string_view octets, Time) override { received += octets; }
  void on_ended(ChannelId, EndKind how, Time now) override {
    ended = how;
    ended_at = now;
  }
  bool connected = false;
  std::string received;
  std::optional<EndKind> ended;
  Time ended_at{};
};

server::ServerOptions echo() {
  server::ServerOptions options;
  options.app = server::samples::make_hibernation_echo();
  return options;
}

void run(World& world) {
  while (world.next_event_time()) world.step();
}

struct Outcome {
  std::string digest;
  std::string received;
  Tape tape;
};

Outcome echo_run(Oracle oracle, const NetworkOptions& network) {
  World world(echo(), network, std::move(oracle));
  Client client;
  const ChannelId channel = world.connect(client);
  world.write(channel, kUpgrade);
  for (int i = 0; i < 20; ++i) world.write(channel, kHello);
  run(world);
  return {world.digest().hex(), client.received, world.oracle().tape()};
}

TEST(World, ServesAClientOverItsNetwork) {
  const Outcome outcome = echo_run(Oracle::calm(1), {});
  EXPECT_THAT(outcome.received, StartsWith("HTTP/1.1 101 Switching Protocols\r\n"));
  EXPECT_THAT(outcome.received, HasSubstr("[Durable Object] message: hello, connections: 1"));
}

RC_GTEST_PROP(World, TheSameSeedIsTheSameRun, (std::uint64_t seed)) {
  const Outcome first = echo_run(Oracle::from_seed(seed), NetworkOptions::random());
  const Outcome second = echo_run(Oracle::from_seed(seed), NetworkOptions::random());
  RC_ASSERT(first.digest == second.digest);
  RC_ASSERT(echo_run(Oracle::from_tape(first.tape), NetworkOptions::random()).digest == first.digest);
  // What the client gets does not depend on how the network cut it up.
  RC_ASSERT(first.received == echo_run(Oracle::calm(1), {}).received);
}

TEST(World, AnotherSeedIsAnotherRun) {
  EXPECT_NE(echo_run(Oracle::from_seed(1), NetworkOptions::random()).digest,
            echo_run(Oracle::from_seed(2), NetworkOptions::random()).digest);
}

TEST(World, IdleTimeCostsNothing) {
  World world(echo(), {}, Oracle::calm(1));
  Client client;
  const ChannelId channel = world.connect(client);
  world.write(channel, kUpgrade);
  run(world);
  const std::uint64_t events = world.events();
  world.advance_to(world.now() + milliseconds(std::int64_t{10} * 24 * 3600 * 1000));
  world.write(channel, kHello);
  run(world);
  EXPECT_LT(world.events() - events, 10u);
  EXPECT_FALSE(client.ended);
  EXPECT_THAT(client.received, HasSubstr("message: hello"));
}

TEST(World, AClientThatDoesNotReadHoldsTheOctetsBackAndLosesNone) {
  NetworkOptions network;
  network.window_octets = 100;
  World world(echo(), network, Oracle::calm(1));
  Client client;
  const ChannelId channel = world.connect(client);
  world.write(channel, kUpgrade);
  run(world);
  const std::string head = client.received;
  world.stop_reading(channel);
  for (int i = 0; i < 50; ++i) world.write(channel, kHello);
  run(world);
  EXPECT_EQ(client.received, head);
  world.resume_reading(channel);
  run(world);
  const std::string frame = std::string("\x81\x2f") + "[Durable Object] message: hello, connections: 1";
  EXPECT_EQ(client.received.size(), head.size() + 50 * frame.size());
}

TEST(World, FinComesBehindTheData) {
  World world(echo(), NetworkOptions::random(), Oracle::from_seed(3));
  Client client;
  const ChannelId channel = world.connect(client);
  world.write(channel, kUpgrade + kHello + std::string("\x88\x02\x03\xe8", 4));
  run(world);
  EXPECT_THAT(client.received, testing::EndsWith(std::string("\x88\x02\x03\xe8", 4)));
  EXPECT_EQ(client.ended, EndKind::kFin);
}

TEST(World, CheckpointsComeEvery4096Events) {
  World world(echo(), {}, Oracle::calm(1));
  Client client;
  const ChannelId channel = world.connect(client);
  world.write(channel, kUpgrade);
  run(world);
  while (world.events() < 2 * World::kCheckpointEvery) {
    world.write(channel, kHello);
    run(world);
  }
  EXPECT_EQ(world.checkpoints().size(), 2u);
}

}  // namespace
}  // namespace torpor::sim
