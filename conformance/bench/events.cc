#include "conformance/bench/events.h"

#include <memory>
#include <vector>

#include "conformance/bench/client.h"
#include "conformance/bench/meter.h"
#include "conformance/bench/objects.h"

namespace torpor::bench {
namespace {

constexpr std::size_t kEventsClients = 200;
constexpr std::size_t kObjects = 20;
constexpr std::size_t kRounds = 20;
constexpr Duration kEventsPause = milliseconds(50);
constexpr Duration kAlarmEvery = milliseconds(5000);

class BusyClient final : public Client {
 public:
  BusyClient(sim::World& world, std::uint64_t number)
      : Client(world, number),
        target_("/object-" + std::to_string(number % kObjects)),
        payload_(64, 'm') {}

  void begin() { connect(target_); }
  std::size_t rounds() const { return rounds_; }

  void on_wake(std::uint64_t, Time) override {
    if (std::exchange(ended_, false)) return begin();
    write(raw().message(false, payload_, false));
  }
  void on_ended(sim::ChannelId, sim::EndKind, Time now) override {
    if (!std::exchange(closing_, false)) throw WrongWork("a connection ended before its Close");
    finish();
    wake_at(now + kEventsPause);
    ended_ = true;
  }

 private:
  void seen(const sim::Seen& seen, Time now) override {
    using Kind = sim::Seen::Kind;
    switch (seen.kind) {
      case Kind::kOpen:
        return wake_at(now);
      case Kind::kText:
        if (seen.octets == payload_) return write(raw().ping("p"));
        if (seen.octets != "pong") throw WrongWork("an unknown message came back");
        ++rounds_;
        if (rounds_ % kRounds != 0) return wake_at(now + kEventsPause);
        closing_ = true;
        return write(raw().close("\x03\xe8"));
      case Kind::kPong:
        return write(raw().message(false, "ping", false));
      case Kind::kClose:
        return;
      default:
        throw WrongWork("something came that was not to come: " + seen.reason);
    }
  }

  std::string target_;
  std::string payload_;
  std::size_t rounds_ = 0;
  bool closing_ = false;
  bool ended_ = false;
};

}  // namespace

Outcome run_events(std::uint64_t events) {
  sim::NetworkOptions network;
  network.latency_max = milliseconds(20);
  Deeds deeds;
  sim::World world(server_of(make_busy(deeds, kAlarmEvery)), network, sim::Oracle::from_seed(1));
  std::vector<std::unique_ptr<BusyClient>> clients;
  for (std::size_t i = 0; i < kEventsClients; ++i) {
    clients.push_back(std::make_unique<BusyClient>(world, i + 1));
    clients.back()->begin();
  }
  const Stopwatch stopwatch;
  while (world.events() < events && world.step()) {
  }
  const double seconds = stopwatch.seconds();
  std::size_t rounds = 0;
  for (const auto& client : clients) rounds += client->rounds();
  // In a round: three messages each way, each an event, and one to begin.
  if (world.events() != events || rounds == 0 || rounds * 7 > events || rounds * 9 < events)
    throw WrongWork("the clients did not do their rounds");
  return {static_cast<double>(events) / seconds,
          seconds,
          {{"events", static_cast<double>(events)},
           {"rounds", static_cast<double>(rounds)},
           {"alarms", static_cast<double>(deeds.alarms)}}};
}

}  // namespace torpor::bench
