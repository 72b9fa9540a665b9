// A whole run: the reference server, its network and its clients on one virtual clock. Nothing
// happens but events, in an order that the seed (or the tape) decides; idle time costs nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/time.h"
#include "core/trace/digest.h"
#include "reference-server/options.h"
#include "reference-server/server.h"
#include "sim/client_transport.h"
#include "sim/event_queue.h"
#include "sim/flow.h"
#include "sim/link.h"
#include "sim/network.h"
#include "sim/object_faults.h"
#include "sim/oracle.h"

namespace torpor::sim {

// Told when a time asked for with World::wake_at has come.
class WakeHandler {
 public:
  virtual ~WakeHandler() = default;
  virtual void on_wake(std::uint64_t token, Time now) = 0;
};

// One event of a world, as it enters the digest.
struct Happening {
  std::uint64_t number;  // from 1
  Time at;
  std::string_view kind;  // "to server", "deadline", ...
  std::uint64_t subject;  // the connection, or the token of a wake
  std::string_view octets;
};

struct WorldLimits {
  std::uint64_t events_max = 1'000'000'000;
  std::uint64_t events_at_one_time_max = 1'000'000;
  std::uint64_t turns_at_one_time_max = 1'000'000;  // of objects' code, or rows of its SQL
};

// A run that does not come to its end: its server or its clients keep waking one another.
struct Livelock : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class World final : public ClientTransport, public server::Transport, private Timetable {
 public:
  static constexpr std::uint64_t kCheckpointEvery = 4096;

  World(server::ServerOptions server, NetworkOptions network, Oracle oracle,
        WorldLimits limits = {}, ObjectFaults faults = {});
  ~World() override;
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  Time now() const { return now_; }
  Oracle& oracle() { return oracle_; }

  // When the next event happens, if any will.
  std::optional<Time> next_event_time() const;
  // Makes the next event happen; false when there is none. Throws Livelock, and TapeDivergence of a
  // replaying oracle.
  bool step();
  // Every event until `time`, that time included; then it is `time`.
  void run_until(Time time);
  // Every event until none is left. Does not return from a server that has something to do for
  // ever.
  void run();
  // Moves the clock to `time` without an event. REQUIRES: none happens before.
  void advance_to(Time time);

  // An event of the harness's own. `handler` must live until then.
  void wake_at(Time time, WakeHandler& handler, std::uint64_t token);
  // Told of every event from now on.
  void watch(std::function<void(const Happening&)> watcher) { watcher_ = std::move(watcher); }
  // A code update of the server (DEPLOY-01), now.
  void deploy();

  // Those that happened since it was last asked, in order.
  std::vector<ObjectFault> take_object_faults() { return std::exchange(happened_, {}); }

  std::uint64_t events() const { return events_; }
  // Over every event so far: kind, connection, time, octets.
  const trace::Digest& digest() const { return digest_; }
  // The digest after each kCheckpointEvery events: two runs differ first between two of them.
  const std::vector<std::string>& checkpoints() const { return checkpoints_; }

  // ClientTransport
  ChannelId connect(ChannelHandler& handler) override;
  ChannelId connect_to_control(ChannelHandler& handler) override;
  void write(ChannelId id, std::string octets) override;
  void finish(ChannelId id) override;
  void reset(ChannelId id) override;
  void stop_reading(ChannelId id) override;
  void resume_reading(ChannelId id) override;
  Listening listen(AcceptHandler& handler) override;
  void stop_listening(ListenerId id) override;

  // server::Transport
  server::ConnectionId connect(const std::string& host, std::uint16_t port) override;
  std::uint32_t random_bits(server::ConnectionId id) override;
  void write(server::ConnectionId id, std::string octets) override;
  void finish(server::ConnectionId id) override;
  void close(server::ConnectionId id) override;
  void cut(server::ConnectionId id) override;
  void turn_begins() override;

 private:
  // The numbers are part of every digest.
  enum class EventKind : std::uint8_t {
    kOpened = 0,
    kToServer = 1,
    kServerSeesFin = 2,
    kServerSeesReset = 3,
    kServerSeesWindow = 4,
    kLastOnServer = kServerSeesWindow,
    kConnected = 5,
    kRefused = 6,
    kToClient = 7,
    kClientReads = 8,
    kClientSeesFin = 9,
    kClientSeesReset = 10,
    kDeadline = 11,
    kWake = 12,
    kDeploy = 13,
    // Of a connection of the server's own.
    kTaken = 14,
    kServerConnected = 15,
    kServerRefused = 16,
    kEvict = 17,
    kCrash = 18,
  };
  static std::string_view name_of(EventKind kind);
  struct Event {
    EventKind kind;
    std::uint32_t subject;  // a link, or a wake
  };
  struct Wake {
    WakeHandler* handler;
    std::uint64_t token;
  };

  Link* find(std::uint64_t id);
  void schedule(Time at, EventKind kind, std::uint32_t subject);
  void arrival(std::uint64_t flow, Arrival what, Time at) override;  // Timetable
  bool step_until(Time latest);
  std::optional<Time> next_entered_time() const;
  void any_of_the_present(bool due);
  void server_is_due();
  void prefetch(Event event, std::size_t ahead) const;
  void move_clock(Time time);
  void happen(EventKind kind, std::uint64_t subject, std::string_view octets);
  std::string present() const;

  void handle(Event event);
  void take(Event event, Link& link);
  // A server knows at once what of its octets has not left, and that holds the object (SEND-11).
  void show_windows();
  void handle_on_server(Event event, Link& link);
  void handle_on_client(Event event, Link& link);
  void hand_to_client(Event event, Link& link);
  void lose(std::uint32_t id, Link& link);
  void end_client(std::uint32_t id, Link& link, EndKind how);
  void wake(std::uint32_t slot);
  ChannelId open(const FlowContext& context, ChannelHandler& handler,
                 std::uint32_t refuse_per_million);
  void interfere();
  bool comes(ObjectFaultKind kind);
  void crash();

  NetworkOptions network_;
  NetworkOptions control_network_;
  WorldLimits limits_;
  ObjectFaults faults_;
  Oracle oracle_;
  FlowContext flows_{network_, oracle_, *this};
  FlowContext control_flows_{control_network_, oracle_, *this};
  Time now_{};
  EventQueue<Event> queue_;
  // Taken out of the queue, of this instant, in order of scheduling; only where order is chosen.
  std::vector<Event> present_;
  std::vector<std::unique_ptr<Link>> links_;  // by id; null once over
  std::vector<AcceptHandler*> listeners_;     // by id; null once stopped
  std::vector<Wake> wakes_;
  std::vector<std::uint32_t> free_wakes_;
  std::uint64_t events_ = 0;
  std::uint64_t events_at_this_time_ = 0;
  std::uint64_t turns_at_this_time_ = 0;
  trace::Digest digest_;
  std::vector<std::string> checkpoints_;
  std::vector<std::uint32_t> windows_to_see_;  // of which the server is yet to be told
  std::vector<ObjectFault> happened_;
  std::function<void(const Happening&)> watcher_;
  server::Server server_;
};

}  // namespace torpor::sim
