#include "conformance/bench/echo.h"

#include <memory>
#include <vector>

#include "conformance/bench/client.h"
#include "conformance/bench/meter.h"
#include "conformance/bench/objects.h"

namespace torpor::bench {
namespace {

constexpr Duration kOneWay = milliseconds(10);
constexpr Duration kEchoPause = milliseconds(100);
constexpr Duration kPeriod = 2 * kOneWay + kEchoPause;
constexpr Duration kRun = milliseconds(60'000);
constexpr std::size_t kEchoes = 500;
static_assert(kRun / kPeriod == kEchoes);
constexpr Time kBegin = Time(milliseconds(1000));  // everybody is connected by then
constexpr std::size_t kPayload = 64;

class EchoClient final : public Client {
 public:
  EchoClient(sim::World& world, std::uint64_t number, Time begin)
      : Client(world, number),
        begin_(begin),
        payload_(kPayload, static_cast<char>('a' + number % 26)) {}

  std::size_t echoes() const { return echoes_; }

  void on_wake(std::uint64_t, Time now) override {
    if (now < begin_ + kRun) write(raw().message(false, payload_, false));
  }

 private:
  void seen(const sim::Seen& seen, Time now) override {
    if (seen.kind == sim::Seen::Kind::kOpen) return wake_at(begin_);
    if (seen.kind != sim::Seen::Kind::kText || seen.octets != payload_)
      throw WrongWork("what came back is not what was sent");
    ++echoes_;
    wake_at(now + kEchoPause);
  }

  Time begin_;
  std::string payload_;
  std::size_t echoes_ = 0;
};

}  // namespace

Outcome run_echo(std::size_t clients) {
  sim::NetworkOptions network;
  network.latency_min = network.latency_max = kOneWay;
  Deeds deeds;
  sim::World world(server_of(make_echo(deeds)), network, sim::Oracle::calm(1));
  std::vector<std::unique_ptr<EchoClient>> all;
  for (std::size_t i = 0; i < clients; ++i) {
    const Time begin = kBegin + kPeriod * static_cast<std::int64_t>(i) / clients;
    all.push_back(std::make_unique<EchoClient>(world, i + 1, begin));
    all.back()->connect("/echo");
  }
  world.run_until(kBegin - Duration(1));
  const std::uint64_t events_before = world.events();
  const Stopwatch stopwatch;
  world.run_until(kBegin + kRun + kPeriod);
  const double seconds = stopwatch.seconds();
  for (const auto& client : all) {
    if (client->echoes() != kEchoes)
      throw WrongWork("a client has " + std::to_string(client->echoes()) + " echoes");
  }
  const auto events = static_cast<double>(world.events() - events_before);
  return {static_cast<double>(clients * kEchoes) / seconds,
          seconds,
          {{"messages", static_cast<double>(clients * kEchoes)}, {"events", events}}};
}

}  // namespace torpor::bench
