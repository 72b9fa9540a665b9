// The echo work as a bare loop over a binary heap: no network, no frames, no objects, only the
// events and the payload. What no simulator of the same events can be faster than by much.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <vector>

namespace {

constexpr std::int64_t kOneWay = 10'000, kPause = 100'000, kRun = 60'000'000;  // microseconds
constexpr std::int64_t kPeriod = 2 * kOneWay + kPause;
constexpr std::size_t kPayload = 64;

enum class Kind : std::uint32_t { kSend, kToServer, kToClient };

struct Event {
  std::int64_t at;
  std::uint64_t sequence;
  Kind kind;
  std::uint32_t client;
};

struct Later {
  bool operator()(const Event& a, const Event& b) const {
    return a.at != b.at ? a.at > b.at : a.sequence > b.sequence;
  }
};

struct Client {
  std::int64_t begin;
  std::uint32_t echoes;
  char sent[kPayload];
  char server[kPayload];
  char received[kPayload];
};

class Loop {
 public:
  explicit Loop(std::uint32_t clients) : clients_(clients) {
    for (std::uint32_t i = 0; i < clients; ++i) {
      clients_[i] = {kPeriod * i / clients, 0, {}, {}, {}};
      std::memset(clients_[i].sent, 'a' + static_cast<int>(i % 26), kPayload);
      push(clients_[i].begin, Kind::kSend, i);
    }
  }

  void run() {
    while (!heap_.empty()) {
      std::pop_heap(heap_.begin(), heap_.end(), Later{});
      const Event event = heap_.back();
      heap_.pop_back();
      happen(event);
    }
  }

  bool right() const {
    return std::all_of(clients_.begin(), clients_.end(), [](const Client& client) {
      return client.echoes == kRun / kPeriod &&
             std::memcmp(client.sent, client.received, kPayload) == 0;
    });
  }

 private:
  void push(std::int64_t at, Kind kind, std::uint32_t client) {
    heap_.push_back({at, sequence_++, kind, client});
    std::push_heap(heap_.begin(), heap_.end(), Later{});
  }

  void happen(const Event& event) {
    Client& client = clients_[event.client];
    switch (event.kind) {
      case Kind::kSend:
        if (event.at < client.begin + kRun) push(event.at + kOneWay, Kind::kToServer, event.client);
        return;
      case Kind::kToServer:
        std::memcpy(client.server, client.sent, kPayload);
        return push(event.at + kOneWay, Kind::kToClient, event.client);
      case Kind::kToClient:
        std::memcpy(client.received, client.server, kPayload);
        ++client.echoes;
        return push(event.at + kPause, Kind::kSend, event.client);
    }
  }

  std::vector<Client> clients_;
  std::vector<Event> heap_;
  std::uint64_t sequence_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  const auto clients = static_cast<std::uint32_t>(argc > 1 ? std::atoi(argv[1]) : 1000);
  Loop loop(clients);
  const std::clock_t begin = std::clock();
  loop.run();
  const double seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  if (!loop.right()) return 1;
  std::printf("%u %.6f\n", clients * static_cast<std::uint32_t>(kRun / kPeriod), seconds);
  return 0;
}
