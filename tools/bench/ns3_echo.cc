// The echo work on ns-3's scheduler: its events and callbacks, without its network stack, so that
// it is the schedulers that are compared.
#include <ns3/core-module.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <string>
#include <vector>

namespace {

const ns3::Time kOneWay = ns3::MilliSeconds(10), kPause = ns3::MilliSeconds(100),
                kRun = ns3::Seconds(60);
constexpr std::int64_t kPeriodUs = 120'000;
constexpr std::uint32_t kEchoes = 500;

class Client {
 public:
  Client(std::uint32_t number, ns3::Time begin)
      : begin_(begin), payload_(64, static_cast<char>('a' + number % 26)) {
    ns3::Simulator::Schedule(begin_, &Client::Send, this);
  }

  bool Right() const { return echoes_ == kEchoes && received_ == payload_; }

 private:
  void Send() {
    if (ns3::Simulator::Now() >= begin_ + kRun) return;
    ns3::Simulator::Schedule(kOneWay, &Client::ToServer, this, payload_);
  }
  void ToServer(std::string message) {
    ns3::Simulator::Schedule(kOneWay, &Client::ToClient, this, std::move(message));
  }
  void ToClient(std::string message) {
    received_ = std::move(message);
    ++echoes_;
    ns3::Simulator::Schedule(kPause, &Client::Send, this);
  }

  ns3::Time begin_;
  std::string payload_;
  std::string received_;
  std::uint32_t echoes_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  const auto count = static_cast<std::uint32_t>(argc > 1 ? std::atoi(argv[1]) : 1000);
  // The default scheduler is a map; the heap is the quicker one.
  ns3::ObjectFactory scheduler;
  scheduler.SetTypeId(argc > 2 ? argv[2] : "ns3::HeapScheduler");
  ns3::Simulator::SetScheduler(scheduler);
  std::vector<std::unique_ptr<Client>> clients;
  for (std::uint32_t i = 0; i < count; ++i)
    clients.push_back(std::make_unique<Client>(i, ns3::MicroSeconds(kPeriodUs * i / count)));
  const std::clock_t begin = std::clock();
  ns3::Simulator::Run();
  const double seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  for (const auto& client : clients) {
    if (!client->Right()) return 1;
  }
  ns3::Simulator::Destroy();
  std::printf("%u %.6f\n", count * kEchoes, seconds);
  return 0;
}
