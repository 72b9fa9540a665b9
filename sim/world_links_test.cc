// What a client of a World sees of its connection, and the server of its clients.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "sim/world_fixture.h"

namespace torpor::sim {
namespace {

using testing::EndsWith;
using testing::StartsWith;

// A world with one open WebSocket, idle.
struct OpenWorld {
  explicit OpenWorld(NetworkOptions network = {}, Oracle oracle = Oracle::calm(1))
      : world(echo(), network, std::move(oracle)), channel(world.connect(client)) {
    world.write(channel, kUpgrade);
    world.run();
    head = client.received;
  }
  // How many connections the object has, asked for by one more.
  std::string connections() {
    Client other;
    const ChannelId asking = world.connect(other);
    world.write(asking, kUpgrade + kHello + kClose);
    world.run();
    const std::size_t at = other.received.find("connections: ");
    return at == std::string::npos ? other.received : other.received.substr(at + 13, 1);
  }
  Client client;
  World world;
  ChannelId channel;
  std::string head;
};

TEST(WorldLinks, EverythingTakesItsLatency) {
  World world(echo(), {.latency_min = milliseconds(30), .latency_max = milliseconds(30)},
              Oracle::calm(1));
  Client client;
  const ChannelId channel = world.connect(client);
  world.write(channel, kUpgrade + kClose);
  world.run();
  EXPECT_EQ(client.connected_at, Time(milliseconds(60))) << "there and back";
  EXPECT_GE(client.ended_at, Time(milliseconds(120)));
  EXPECT_LT(client.ended_at, Time(milliseconds(121)));
}

TEST(WorldLinks, TheClientReadsLessOrMoreThanWasWritten) {
  OpenWorld open({.chunk_octets_max = 10}, Oracle::from_seed(1));
  for (int i = 0; i < 20; ++i) open.world.write(open.channel, kHello);
  open.world.run();
  EXPECT_THAT(open.client.received, EndsWith(kEchoed));
  EXPECT_GT(open.client.most_at_once, 10u);
}

TEST(WorldLinks, ReadingGoesOnOnlyOnce) {
  OpenWorld open;
  const std::uint64_t events = open.world.events();
  open.world.resume_reading(open.channel);
  EXPECT_FALSE(open.world.step());
  EXPECT_EQ(open.world.events(), events);
}

TEST(WorldLinks, AClientThatDoesNotReadHoldsTheOctetsBackAndLosesNone) {
  NetworkOptions network;
  network.window_octets = 100;
  OpenWorld open(network);
  open.world.stop_reading(open.channel);
  for (int i = 0; i < 50; ++i) open.world.write(open.channel, kHello);
  open.world.run();
  EXPECT_EQ(open.client.received, open.head);
  open.world.resume_reading(open.channel);
  EXPECT_EQ(open.client.received, open.head) << "reported by an event, not by the call";
  open.world.run();
  std::string echoes;
  for (int i = 0; i < 50; ++i) echoes += kEchoed;
  EXPECT_EQ(open.client.received, open.head + echoes);
}

// SEND-11: while its octets do not leave, an object stays in memory; afterwards it is evicted as
// usual.
TEST(WorldLinks, TheServerHearsOfAFullWindowAndOfItsOpening) {
  NetworkOptions network;
  network.window_octets = 150;
  OpenWorld open(network);
  open.world.stop_reading(open.channel);
  for (int i = 0; i < 10; ++i) open.world.write(open.channel, kHello);
  open.world.run();
  EXPECT_LT(open.world.now(), Time(milliseconds(15'000))) << "nothing left to do: no eviction";
  const Time blocked = open.world.now();
  open.world.resume_reading(open.channel);
  open.world.run();
  EXPECT_GE(open.world.now(), blocked + milliseconds(10'000)) << "evicted once idle";
}

TEST(WorldLinks, FinComesBehindTheData) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    OpenWorld open(NetworkOptions::random(), Oracle::from_seed(seed));
    open.world.write(open.channel, kHello + kClose);
    open.world.run();
    EXPECT_EQ(open.client.received, open.head + kEchoed + kClose);
    EXPECT_EQ(open.client.ended, EndKind::kFin);
  }
}

TEST(WorldLinks, FinWaitsUntilTheClientReads) {
  OpenWorld open;
  open.world.stop_reading(open.channel);
  open.world.write(open.channel, kHello + kClose);
  open.world.run();
  EXPECT_FALSE(open.client.ended);
  open.world.resume_reading(open.channel);
  open.world.run();
  EXPECT_EQ(open.client.received, open.head + kEchoed + kClose);
  EXPECT_EQ(open.client.ended, EndKind::kFin);
}

TEST(WorldLinks, AnHttpClientMayEndItsDirectionAndStillGetItsAnswer) {
  World world(echo(), {}, Oracle::calm(1));
  Client client;
  const ChannelId channel = world.connect(client);
  world.write(channel, "GET / HTTP/1.1\r\nHost: t\r\n\r\n");
  world.finish(channel);
  world.run();
  EXPECT_THAT(client.received, StartsWith("HTTP/1.1 "));
  EXPECT_EQ(client.ended, EndKind::kFin);
}

TEST(WorldLinks, AResetIsSeenByTheServerAndReportsNothingMoreToTheClient) {
  OpenWorld open;
  EXPECT_EQ(open.connections(), "2");
  open.world.write(open.channel, kHello);
  open.world.reset(open.channel);
  open.world.write(open.channel, kHello);
  open.world.run();
  EXPECT_EQ(open.client.received, open.head);
  EXPECT_FALSE(open.client.ended);
  EXPECT_EQ(open.connections(), "1");
}

TEST(WorldLinks, ACutIsSeenFromBothSides) {
  int cut = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    NetworkOptions network;
    network.cut_per_million = 200'000;
    OpenWorld open(network, Oracle::from_seed(seed));
    if (open.client.ended || open.head.empty()) continue;
    for (int i = 0; i < 20; ++i) open.world.write(open.channel, kHello);
    open.world.run();
    cut += open.client.ended == EndKind::kReset;
    EXPECT_FALSE(open.client.out_of_turn);
  }
  EXPECT_GT(cut, 5);
}

TEST(WorldLinks, ARefusedConnectionFails) {
  NetworkOptions network;
  network.refuse_per_million = 1'000'000;
  World world(echo(), network, Oracle::from_seed(1));
  Client client;
  const ChannelId channel = world.connect(client);
  world.write(channel, kUpgrade);
  world.run();
  EXPECT_EQ(client.refused, "connection refused");
  EXPECT_FALSE(client.out_of_turn);
  EXPECT_EQ(world.events(), 1u);
}

TEST(WorldLinks, ADeployDropsEverySocket) {
  OpenWorld open;
  open.world.deploy();
  EXPECT_FALSE(open.client.ended) << "it takes a while to be seen";
  open.world.run();
  EXPECT_EQ(open.client.received, open.head) << "no Close frame";
  EXPECT_TRUE(open.client.ended);
}

// Two clients who send at one instant: either may be first.
TEST(WorldLinks, ConnectionsOvertakeOneAnother) {
  bool first_wins[2] = {};
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    OpenWorld open(NetworkOptions::random(), Oracle::from_seed(seed));
    Client other;
    const ChannelId channel = open.world.connect(other);
    open.world.write(channel, kUpgrade);
    open.world.run();
    const std::string head = other.received;
    open.world.write(open.channel, kHello);
    open.world.write(channel, kHello);
    while (open.client.received == open.head && other.received == head) open.world.step();
    first_wins[open.client.received != open.head] = true;
  }
  EXPECT_TRUE(first_wins[0]);
  EXPECT_TRUE(first_wins[1]);
}

// Takes connections of the server's own.
struct Taker final : AcceptHandler {
  ChannelHandler& on_accepted(ChannelId id, Time now) override {
    channel = id;
    at = now;
    client.connected = true;
    return client;
  }
  Client client;
  std::optional<ChannelId> channel;
  Time at{};
};

constexpr std::uint16_t kFirstPort = 40'000;

TEST(WorldLinks, TheServerConnectsToWhoListens) {
  World world(echo(), {.latency_min = milliseconds(30), .latency_max = milliseconds(30)},
              Oracle::calm(1));
  Taker first, second;
  EXPECT_EQ(world.listen(first).address, "127.0.0.1:40000");
  EXPECT_EQ(world.listen(second).address, "127.0.0.1:40001");
  const server::ConnectionId id = world.connect("127.0.0.1", kFirstPort + 1);
  world.write(id, "hello");
  EXPECT_FALSE(second.channel) << "reported by an event, not by the call";
  world.run();
  EXPECT_FALSE(first.channel);
  ASSERT_TRUE(second.channel);
  EXPECT_EQ(second.at, Time(milliseconds(30)));
  EXPECT_EQ(second.client.received, "hello");
  EXPECT_GE(world.now(), Time(milliseconds(90))) << "octets leave once the way back is known";
  world.close(id);
  world.run();
  EXPECT_EQ(second.client.ended, EndKind::kFin);
}

TEST(WorldLinks, NobodyIsReachedWhereNobodyListens) {
  World world(echo(), {}, Oracle::calm(1));
  Taker taker;
  const Listening listening = world.listen(taker);
  world.connect("127.0.0.1", kFirstPort + 1);
  world.connect("10.0.0.1", kFirstPort);
  world.connect("127.0.0.1", 80);
  world.run();
  EXPECT_FALSE(taker.channel);
  world.connect("127.0.0.1", kFirstPort);
  world.stop_listening(listening.id);
  world.run();
  EXPECT_FALSE(taker.channel) << "stopped while it was under way";
}

TEST(WorldLinks, KeysOfTheServersDifferByConnectionAndAreOfTheSeed) {
  World world(echo(), {}, Oracle::calm(1)), same(echo(), {}, Oracle::calm(1));
  const auto one = static_cast<server::ConnectionId>(1), two = static_cast<server::ConnectionId>(2);
  const std::uint32_t bits = world.random_bits(one);
  EXPECT_NE(bits, world.random_bits(two));
  EXPECT_EQ(bits, same.random_bits(one));
}

}  // namespace
}  // namespace torpor::sim
