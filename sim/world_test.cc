#include "sim/world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <utility>
#include <vector>

#include "sim/world_fixture.h"

namespace torpor::sim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

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
  world.run();
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
  RC_ASSERT(echo_run(Oracle::from_tape(first.tape), NetworkOptions::random()).digest ==
            first.digest);
  // What the client gets does not depend on how the network cut it up.
  RC_ASSERT(first.received == echo_run(Oracle::calm(1), {}).received);
}

TEST(World, AnotherSeedIsAnotherRun) {
  EXPECT_NE(echo_run(Oracle::from_seed(1), NetworkOptions::random()).digest,
            echo_run(Oracle::from_seed(2), NetworkOptions::random()).digest);
}

TEST(World, EveryOctetIsPartOfTheDigest) {
  const auto digest = [](const std::string& message) {
    World world(echo(), {}, Oracle::calm(1));
    Client client;
    world.write(world.connect(client), kUpgrade + message);
    world.run();
    return world.digest().hex();
  };
  EXPECT_NE(digest("\x81\x05hello"), digest("\x81\x05jello"));
}

NetworkOptions hardship() {
  NetworkOptions network = NetworkOptions::random();
  network.chunk_octets_max = 20;
  network.window_octets = 100;
  network.stall_per_million = 50'000;
  network.cut_per_million = network.fin_per_million = network.silence_per_million = 3'000;
  network.refuse_per_million = 100'000;
  return network;
}

// Three clients who do everything a client can, at any time. The digest of it all, and its tape.
Outcome hard_run(Oracle oracle, const std::vector<std::uint8_t>& plan) {
  World world(echo(), hardship(), std::move(oracle));
  Client clients[3];
  ChannelId channels[3];
  for (std::size_t i = 0; i < 3; ++i) {
    channels[i] = world.connect(clients[i]);
    world.write(channels[i], kUpgrade);
  }
  for (const std::uint8_t what : plan) {
    const std::size_t who = what % 3;
    for (Client& client : clients) client.silent = true;
    switch (what / 3 % 12) {
      case 0:
        world.stop_reading(channels[who]);
        break;
      case 1:
      case 2:
        world.resume_reading(channels[who]);
        break;
      case 3:
        world.finish(channels[who]);
        break;
      case 4:
        world.reset(channels[who]);
        break;
      case 5:
        world.write(channels[who], kClose);
        break;
      default:
        world.write(channels[who], kHello);
    }
    for (Client& client : clients) client.silent = false;
    for (int i = 0; i < what / 36; ++i) world.step();
    if (what == 255) world.deploy();
  }
  world.run();
  RC_ASSERT(world.oracle().unread() == 0u);
  for (const Client& client : clients) RC_ASSERT(!client.out_of_turn);
  return {world.digest().hex(), clients[0].received, world.oracle().tape()};
}

RC_GTEST_PROP(World, HardshipIsRepeatableAndKeepsToTheContract,
              (std::uint64_t seed, const std::vector<std::uint8_t>& plan)) {
  const Outcome first = hard_run(Oracle::from_seed(seed), plan);
  RC_ASSERT(hard_run(Oracle::from_seed(seed), plan).digest == first.digest);
  const auto tape = std::get<Tape>(tape_from_json(to_json(first.tape)));
  RC_ASSERT(hard_run(Oracle::from_tape(tape), plan).digest == first.digest);
}

TEST(World, AnotherScenarioLeavesTheTape) {
  const Outcome first = echo_run(Oracle::from_seed(1), NetworkOptions::random());
  EXPECT_THROW(echo_run(Oracle::from_tape(first.tape), {.chunk_octets_max = 5}), TapeDivergence);
}

TEST(World, IdleTimeCostsNothing) {
  World world(echo(), {}, Oracle::calm(1));
  Client client;
  const ChannelId channel = world.connect(client);
  world.write(channel, kUpgrade);
  world.run();
  const std::uint64_t events = world.events();
  world.run_until(world.now() + milliseconds(std::int64_t{10} * 24 * 3600 * 1000));
  EXPECT_EQ(world.events(), events);
  world.write(channel, kHello);
  world.run();
  EXPECT_LT(world.events() - events, 10u);
  EXPECT_FALSE(client.ended);
  EXPECT_THAT(client.received, HasSubstr("message: hello"));
}

// Writes down when it was woken; asks to be woken again while there is something left to do.
struct Sleeper final : WakeHandler {
  explicit Sleeper(World& its_world) : world(its_world) {}
  void on_wake(std::uint64_t token, Time now) override {
    woken.emplace_back(token, to_microseconds(now));
    if (again) world.wake_at(now + *again, *this, token);
  }
  World& world;
  std::optional<Duration> again;
  std::vector<std::pair<std::uint64_t, std::int64_t>> woken;
};

TEST(World, WakesInOrderOfTimeThenOfAsking) {
  World world(echo(), {}, Oracle::calm(1));
  Sleeper sleeper(world);
  world.wake_at(Time(Duration(50)), sleeper, 1);
  world.wake_at(Time(Duration(20)), sleeper, 2);
  world.wake_at(Time(Duration(50)), sleeper, 3);
  EXPECT_EQ(world.next_event_time(), Time(Duration(20)));
  world.run_until(Time(Duration(50)));
  EXPECT_THAT(sleeper.woken, ElementsAre(std::pair(2, 20), std::pair(1, 50), std::pair(3, 50)));
  EXPECT_FALSE(world.step());
  EXPECT_EQ(world.events(), 3u);
}

TEST(World, AWakeIsPartOfTheDigest) {
  const auto digest = [](std::uint64_t token) {
    World world(echo(), {}, Oracle::calm(1));
    Sleeper sleeper(world);
    world.wake_at(Time(Duration(5)), sleeper, token);
    world.run();
    return world.digest().hex();
  };
  EXPECT_EQ(digest(1), digest(1));
  EXPECT_NE(digest(1), digest(2));
}

TEST(World, EventsOfOneInstantAreShuffledWhenAskedTo) {
  NetworkOptions network;
  network.shuffle_equal_times = true;
  bool first_wins[2] = {};
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    World world(echo(), network, Oracle::from_seed(seed));
    Sleeper sleeper(world);
    world.wake_at(Time(Duration(5)), sleeper, 1);
    world.wake_at(Time(Duration(5)), sleeper, 2);
    world.run();
    first_wins[sleeper.woken.front().first == 1] = true;
  }
  EXPECT_TRUE(first_wins[0]);
  EXPECT_TRUE(first_wins[1]);
}

std::string livelock_of(Duration again, WorldLimits limits) {
  World world(echo(), {}, Oracle::calm(1), limits);
  Sleeper sleeper(world);
  sleeper.again = again;
  world.wake_at(Time(Duration(5)), sleeper, 1);
  try {
    world.run();
  } catch (const Livelock& livelock) {
    return livelock.what();
  }
  return "none";
}

TEST(World, ARunWithoutEndIsALivelock) {
  EXPECT_THAT(livelock_of(Duration(0), {.events_at_one_time_max = 1000}),
              StartsWith("1001 events at 5 us of virtual time and no end of the run"));
  EXPECT_THAT(livelock_of(Duration(1), {.events_max = 2000, .events_at_one_time_max = 1000}),
              StartsWith("2001 events in all and no end of the run"));
}

// The eviction of an idle object and a message that comes at that very moment: both orders are
// explored.
TEST(World, ADeadlineTakesPartInTheShuffle) {
  NetworkOptions network;
  network.shuffle_equal_times = true;
  bool orders[2] = {};
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    World world(echo(), network, Oracle::from_seed(seed));
    Client client;
    const ChannelId channel = world.connect(client);
    world.write(channel, kUpgrade);
    while (client.received.empty()) world.step();
    const Time eviction = *world.next_event_time();
    Sleeper sleeper(world);
    world.wake_at(eviction, sleeper, 1);
    world.step();
    orders[sleeper.woken.empty()] = true;
    world.run();
    EXPECT_EQ(sleeper.woken.size(), 1u);
  }
  EXPECT_TRUE(orders[0]);
  EXPECT_TRUE(orders[1]);
}

TEST(World, CheckpointsComeEvery4096Events) {
  World world(echo(), {}, Oracle::calm(1));
  Client client;
  const ChannelId channel = world.connect(client);
  world.write(channel, kUpgrade);
  world.run();
  while (world.events() < 2 * World::kCheckpointEvery) {
    world.write(channel, kHello);
    world.run();
  }
  EXPECT_EQ(world.checkpoints().size(), 2u);
}

}  // namespace
}  // namespace torpor::sim
