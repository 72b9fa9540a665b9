// The reference server, sans-IO: octets and time go in, octets and deadlines come out. One Server
// is one deployment: a worker, its objects, their sockets. The simulator and the TCP driver both
// drive it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/time.h"

namespace torpor::server {

// One transport connection, named by whoever drives the server. Never reused.
enum class ConnectionId : std::uint64_t {};

// What a server does to its connections. Calls are made only from within a call of the Server.
class Transport {
 public:
  virtual ~Transport() = default;
  // Starts a connection of the server's own. Server::connected or connect_failed tells what became
  // of it. `host` is a name or an address.
  virtual ConnectionId connect(const std::string& host, std::uint16_t port) = 0;
  // 32 bits that a peer cannot foresee, for keys of this connection.
  virtual std::uint32_t random_bits(ConnectionId id) = 0;
  // Queues octets; they leave in order. The driver reports back through Server::written.
  virtual void write(ConnectionId id, std::string octets) = 0;
  // FIN once everything queued has left; the other direction stays open.
  virtual void finish(ConnectionId id) = 0;
  // Both directions are done: FIN once everything queued has left, then the connection is
  // forgotten.
  virtual void close(ConnectionId id) = 0;
  // The same, but what has not left yet never will (SEND-16).
  virtual void cut(ConnectionId id) = 0;
  // An object's code is about to run, or goes on: for every row of SQL, and every 100 instructions
  // of SQLite. What this throws leaves the call of the Server, which is of no use any more: for a
  // run that does not end by itself.
  virtual void turn_begins() {}
};

struct ServerOptions;

class Server {
 public:
  // Throws JsError when a file of storage_folder is no database.
  Server(ServerOptions options, Transport& transport);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Every call carries the present time, which never goes back.
  void opened(ConnectionId id, Time now);
  // What became of Transport::connect.
  void connected(ConnectionId id, Time now);
  void connect_failed(ConnectionId id, Time now);
  void received(ConnectionId id, std::string_view octets, Time now);
  void peer_finished(ConnectionId id, Time now);
  void peer_reset(ConnectionId id, Time now);
  // received() will soon be called for this connection: one part of what it needs, 0 to 3, is on
  // its way from memory meanwhile. Each is found through those before it.
  void prefetch(ConnectionId id, int part) const;
  // `unsent`: octets given to write() that have not left yet. A full queue holds its object in
  // memory (SEND-11).
  void written(ConnectionId id, std::size_t unsent, Time now);

  // When advance_to wants to be called next, if ever.
  std::optional<Time> next_deadline() const;
  void advance_to(Time now);

  // A code update: every object restarts, every socket is dropped without a Close frame
  // (DEPLOY-01).
  void deploy(Time now);
  // Every object that nothing holds leaves memory as if it had been idle for long enough.
  void evict_all(Time now);
  // The process dies and is there again, on the same storage; every connection goes with it but
  // those that are `spared`.
  void crash(Time now, const std::function<bool(ConnectionId)>& spared);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace torpor::server
