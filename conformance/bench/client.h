// A client of the virtual network that opens a WebSocket and tells what comes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sim/raw_client.h"
#include "sim/world.h"

namespace torpor::bench {

class Client : public sim::ChannelHandler, public sim::WakeHandler {
 public:
  // Both outlive the client. `number` is its own: it names its stream of choices.
  Client(sim::World& world, std::uint64_t number);

  // Opens a connection, and on it a WebSocket at `target`.
  void connect(const std::string& target);

  void on_connected(sim::ChannelId id, Time now) final;
  void on_connect_failed(sim::ChannelId id, std::string_view reason, Time now) final;
  void on_received(sim::ChannelId id, std::string_view octets, Time now) final;
  void on_ended(sim::ChannelId id, sim::EndKind how, Time now) override;

 protected:
  virtual void seen(const sim::Seen& seen, Time now) = 0;
  void write(std::string octets) { world_.write(channel_, std::move(octets)); }
  void finish() { world_.finish(channel_); }
  void wake_at(Time time) { world_.wake_at(time, *this, number_); }
  sim::RawClient& raw() { return *raw_; }

 private:
  sim::World& world_;
  std::uint64_t number_;
  std::string target_;
  sim::ChannelId channel_{};
  std::optional<sim::RawClient> raw_;
};

}  // namespace torpor::bench
