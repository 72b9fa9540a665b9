// For tests: a Server and its clients in one process, octet by octet, on a clock that the test
// moves.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/json.h"
#include "core/websocket/event.h"
#include "core/websocket/reader.h"
#include "core/websocket/writer.h"
#include "reference-server/options.h"
#include "reference-server/server.h"

namespace torpor::server {

class Loopback final : public Transport {
 public:
  explicit Loopback(ServerOptions options) : server(std::move(options), *this) {}

  // A client's connection and all that the server did to it.
  struct Client {
    ConnectionId id;
    std::string received;
    bool ended = false;
  };

  Client& open() {
    const auto id = static_cast<ConnectionId>(next_id_++);
    clients_[id].id = id;
    server.opened(id, now);
    return clients_[id];
  }
  void send(Client& client, std::string_view octets) { server.received(client.id, octets, now); }

  // One ordinary request on a connection of its own; the whole response.
  std::string request(const std::string& method, const std::string& target,
                      const std::string& body = "") {
    return begin_request(method, target, body).received;
  }
  Client& begin_request(const std::string& method, const std::string& target,
                        const std::string& body = "") {
    Client& client = open();
    send(client, method + " " + target + " HTTP/1.1\r\nHost: t\r\nContent-Length: " +
                     std::to_string(body.size()) + "\r\n\r\n" + body);
    return client;
  }

  void load(const std::string& object, const Json& program) {
    request("PUT", "/torpor/1/objects/" + object + "/program", program.dump());
  }

  // The fixture's log of an object.
  Json log(const std::string& object) {
    const std::string response = request("GET", "/torpor/1/objects/" + object + "/log");
    return Json::parse(response.substr(response.find("\r\n\r\n") + 4))["entries"];
  }

  // Upgrades; what was received so far is then the head of the 101.
  Client& connect(const std::string& object, const std::string& name,
                  const std::string& more_headers = "") {
    return connect_to("/object/" + object + "/ws?client=" + name, more_headers);
  }
  Client& connect_to(const std::string& target, const std::string& more_headers = "") {
    Client& client = open();
    send(client,
         "GET " + target +
             " HTTP/1.1\r\nHost: t\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
             "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" +
             more_headers + "\r\n");
    return client;
  }

  // The frames received since the last call (or since the upgrade).
  std::vector<websocket::Event> frames(Client& client) {
    const std::size_t head = client.received.find("\r\n\r\n");
    const bool upgraded = client.received.starts_with("HTTP/1.1 101");
    websocket::Reader reader({.role = websocket::Role::kClient});
    reader.feed(upgraded ? client.received.substr(head + 4) : client.received);
    client.received.clear();
    std::vector<websocket::Event> events;
    while (auto event = reader.next()) events.push_back(std::move(*event));
    return events;
  }

  void advance(Duration by) {
    const Time until = now + by;
    while (server.next_deadline() && *server.next_deadline() <= until) {
      now = std::max(now, *server.next_deadline());
      server.advance_to(now);
    }
    now = until;
  }

  // Transport
  ConnectionId connect(const std::string& host, std::uint16_t port) override {
    const auto id = static_cast<ConnectionId>(next_id_++);
    clients_[id].id = id;
    dialled.push_back({host + ":" + std::to_string(port), &clients_[id]});
    return id;
  }
  std::uint32_t random_bits(ConnectionId) override { return ++random_bits_; }
  void write(ConnectionId id, std::string octets) override { clients_[id].received += octets; }
  void finish(ConnectionId id) override { clients_[id].ended = true; }
  void close(ConnectionId id) override { clients_[id].ended = true; }
  void cut(ConnectionId id) override { close(id); }

  // Connections of the server's own: where to, and the other side of them.
  struct Dialled {
    std::string address;
    Client* remote;
  };
  std::vector<Dialled> dialled;
  Time now{};

 private:
  std::map<ConnectionId, Client> clients_;
  std::uint64_t next_id_ = 1;
  std::uint32_t random_bits_ = 0;

 public:
  Server server;  // goes first: it may still close connections
};

}  // namespace torpor::server
