// A whole run: the reference server, its network and its clients on one virtual clock. Nothing happens but events, in an
// order that the seed (or the tape) decides; idle time costs nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.h"
#include "core/trace/digest.h"
#include "reference-server/options.h"
#include "reference-server/server.h"
#include "sim/client_transport.h"
#include "sim/event_queue.h"
#include "sim/flow.h"
#include "sim/network.h"
#include "sim/oracle.h"

namespace torpor::sim {

class World final : public ClientTransport, public server::Transport {
 public:
  static constexpr std::uint64_t kCheckpointEvery = 4096;

  World(server::ServerOptions server, NetworkOptions network, Oracle oracle);
  ~World() override;

  Time now() const { return now_; }
  Oracle& oracle() { return oracle_; }
  server::Server& server() { return server_; }

  // When the next event happens, if any will.
  std::optional<Time> next_event_time() const;
  // Makes the next event happen. REQUIRES: there is one.
  void step();
  // Moves the clock to `time` without an event. REQUIRES: none happens before.
  void advance_to(Time time);

  std::uint64_t events() const { return events_; }
  // Over every event so far: kind, connection, time, octets.
  const trace::Digest& digest() const { return digest_; }
  // The digest after each kCheckpointEvery events.
  const std::vector<std::string>& checkpoints() const { return checkpoints_; }

  // ClientTransport
  ChannelId connect(ChannelHandler& handler) override;
  void write(ChannelId id, std::string octets) override;
  void finish(ChannelId id) override;
  void reset(ChannelId id) override;
  void stop_reading(ChannelId id) override;
  void resume_reading(ChannelId id) override;

  // server::Transport
  void write(server::ConnectionId id, std::string octets) override;
  void finish(server::ConnectionId id) override;
  void close(server::ConnectionId id) override;

 private:
  struct Link;
  enum class EventKind : std::uint8_t {
    kOpened,
    kConnected,
    kToServer,
    kServerSeesFin,
    kServerSeesReset,
    kToClient,
    kClientSeesFin,
    kClientSeesReset,
    kServerWindow,
    kDeadline,
  };
  struct Event {
    EventKind kind;
    std::uint64_t link;
    std::string octets;
  };

  Link* find(std::uint64_t id);
  void schedule(Time at, EventKind kind, std::uint64_t link, std::string octets = {});
  void schedule_to_server(std::uint64_t link, std::vector<Arrival> arrivals);
  void schedule_to_client(std::uint64_t link, std::vector<Arrival> arrivals);
  void handle(Event& event);
  void hand_to_client(std::uint64_t id, Link& link, std::string_view octets);
  void client_sees_end(Link& link, std::uint64_t id, EndKind how);
  void record(EventKind kind, std::uint64_t link, std::string_view octets);

  NetworkOptions network_;
  Oracle oracle_;
  Time now_{};
  EventQueue<Event> queue_;
  std::map<std::uint64_t, std::unique_ptr<Link>> links_;
  std::uint64_t next_link_ = 1;
  std::uint64_t events_ = 0;
  trace::Digest digest_;
  std::vector<std::string> checkpoints_;
  server::Server server_;
};

}  // namespace torpor::sim
