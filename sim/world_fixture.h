// For tests: an echoing server's options, and a client that checks what ClientTransport promises.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "reference-server/options.h"
#include "reference-server/samples/samples.h"
#include "sim/world.h"

namespace torpor::sim {

inline const std::string kUpgrade =
    "GET /websocket HTTP/1.1\r\nHost: t\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
inline const std::string kHello = "\x81\x05hello";  // unmasked, as workerd takes it
inline const std::string kClose("\x88\x02\x03\xe8", 4);
inline const std::string kEchoed =
    std::string("\x81\x2f") + "[Durable Object] message: hello, connections: 1";

inline server::ServerOptions echo() {
  server::ServerOptions options;
  options.app = server::samples::make_hibernation_echo();
  return options;
}

struct Client final : ChannelHandler {
  void on_connected(ChannelId, Time now) override {
    call();
    connected_at = now;
    out_of_turn = out_of_turn || std::exchange(connected, true);
  }
  void on_connect_failed(ChannelId, std::string_view reason, Time) override {
    call();
    out_of_turn = out_of_turn || connected;
    refused = reason;
  }
  void on_received(ChannelId, std::string_view octets, Time) override {
    call();
    out_of_turn = out_of_turn || !connected || ended || octets.empty();
    received += octets;
    most_at_once = std::max(most_at_once, octets.size());
  }
  void on_ended(ChannelId, EndKind how, Time now) override {
    call();
    out_of_turn = out_of_turn || !connected || ended;
    ended = how;
    ended_at = now;
  }
  void call() { out_of_turn = out_of_turn || silent || !refused.empty(); }

  bool connected = false;
  std::string refused;
  std::string received;
  std::optional<EndKind> ended;
  Time connected_at{}, ended_at{};
  std::size_t most_at_once = 0;
  bool silent = false;       // set by a test: nothing may be reported now
  bool out_of_turn = false;  // something was reported that must not be
};

}  // namespace torpor::sim
