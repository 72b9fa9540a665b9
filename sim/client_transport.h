// The harness's side of a network, simulated or real: what raw clients and servers and the
// conformance runner need of it. Implemented by sim::World (virtual) and by the TCP target (real).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/time.h"

namespace torpor::sim {

// One connection between the harness and its target. Never reused within a run.
enum class ChannelId : std::uint32_t {};

// A place where the harness takes connections of the target's. Never reused within a run.
enum class ListenerId : std::uint32_t {};

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

// Takes the connections made to one listener. Called under the same rule.
class AcceptHandler {
 public:
  virtual ~AcceptHandler() = default;
  // The handler of the new channel, which is connected already; it must outlive the channel.
  virtual ChannelHandler& on_accepted(ChannelId id, Time now) = 0;
};

struct Listening {
  ListenerId id;
  std::string address;  // HOST:PORT, as the target has to name it
};

class ClientTransport {
 public:
  virtual ~ClientTransport() = default;
  // Starts a connection; `handler` must outlive the channel.
  virtual ChannelId connect(ChannelHandler& handler) = 0;
  // The same for a call of the harness's own: where there are faults, they spare it.
  virtual ChannelId connect_to_control(ChannelHandler& handler) { return connect(handler); }
  // Queues octets, also before the connection is established; they leave in order.
  virtual void write(ChannelId id, std::string octets) = 0;
  virtual void finish(ChannelId id) = 0;  // FIN once everything queued has left
  virtual void reset(ChannelId id) = 0;   // RST at once; nothing more is reported
  virtual void stop_reading(ChannelId id) = 0;
  virtual void resume_reading(ChannelId id) = 0;

  // Takes connections at an address of its own; `handler` must outlive the listener.
  virtual Listening listen(AcceptHandler& handler) = 0;
  // Connections to its address are refused from now on; those that stand are left alone.
  virtual void stop_listening(ListenerId id) = 0;
};

}  // namespace torpor::sim
