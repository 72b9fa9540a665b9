// The client's side of a network, simulated or real: what the raw client and the conformance runner
// need of it. Implemented by sim::World (virtual) and by the TCP target (real).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/time.h"

namespace torpor::sim {

// One connection of the harness to its target. Never reused within a run.
enum class ChannelId : std::uint32_t {};

enum class EndKind { kFin, kReset };

// Receives what happens on one channel. No call is made from within a ClientTransport call.
class ChannelHandler {
 public:
  virtual ~ChannelHandler() = default;
  virtual void on_connected(ChannelId id, Time now) = 0;
  virtual void on_connect_failed(ChannelId id, std::string_view reason, Time now) = 0;
  virtual void on_received(ChannelId id, std::string_view octets, Time now) = 0;
  // The server ended its direction (kFin) or the whole connection (kReset). Called at most once.
  virtual void on_ended(ChannelId id, EndKind how, Time now) = 0;
};

class ClientTransport {
 public:
  virtual ~ClientTransport() = default;
  // Starts a connection; `handler` must outlive the channel.
  virtual ChannelId connect(ChannelHandler& handler) = 0;
  // Queues octets, also before the connection is established; they leave in order.
  virtual void write(ChannelId id, std::string octets) = 0;
  virtual void finish(ChannelId id) = 0;  // FIN once everything queued has left
  virtual void reset(ChannelId id) = 0;   // RST at once; nothing more is reported
  virtual void stop_reading(ChannelId id) = 0;
  virtual void resume_reading(ChannelId id) = 0;
};

}  // namespace torpor::sim
