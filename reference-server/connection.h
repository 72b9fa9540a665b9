// One connection of a client: HTTP first, then perhaps a WebSocket joined to the end that an object
// accepted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/object/object.h"
#include "core/object/socket_end.h"
#include "reference-server/http_message.h"
#include "reference-server/server.h"
#include "reference-server/upgrade.h"
#include "reference-server/wire_socket.h"

namespace torpor::server {

// What a connection needs of its server.
class Gateway {
 public:
  virtual ~Gateway() = default;
  // Runs the worker. The answer arrives through Connection::answer, now or later.
  virtual void serve(ConnectionId id, object::Request request) = 0;
  virtual const compat::Parameters& parameters() const = 0;
  virtual const compat::Flags& flags() const = 0;
  virtual Transport& transport() = 0;
  // Outside of the calls that are for this connection, it may have become over().
  virtual void maybe_over(ConnectionId id) = 0;
};

class Connection final : public Wire, private object::Bed {
 public:
  Connection(ConnectionId id, Gateway& gateway)
      : gateway_(gateway), number_(static_cast<std::uint64_t>(id)) {}
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Server::prefetch: the connection, its socket, the end that is joined to it, what code sees of
  // it.
  void prefetch(int part) const;
  void received(std::string_view octets);
  void peer_finished();
  void peer_reset();
  void written(std::size_t unsent);
  // The process is gone.
  void drop() { cut(); }
  // What the worker answered to the request in flight; `from` is the object that did, if one did.
  void answer(object::FetchResult result, object::Object* from);
  // Nothing will come of this connection any more.
  bool over() const { return over_ || (socket_ && socket_->over()); }

  // Wire
  void write(std::string octets) override;
  void close() override;
  void cut() override;
  std::uint32_t mask_key() override;
  void lost() override { gateway_.maybe_over(id()); }
  object::Bed* bed() override { return this; }

 private:
  // Bed: while the end sleeps there is no socket.
  void lie_down() override { socket_.reset(); }
  object::Link& get_up(std::shared_ptr<object::SocketEnd> end) override;
  void wake() {
    if (asleep.object) asleep.object->wake(*this);
  }

  void serve_next();
  void answer_with_socket(const object::Response& response, object::Object& from);
  void start_websocket(const Handshake& handshake, const std::shared_ptr<object::SocketEnd>& end,
                       object::Object& from);

  struct Http {
    HttpReader reader;
    std::optional<HttpRequest> in_flight;
  };

  ConnectionId id() const { return static_cast<ConnectionId>(std::uint64_t{number_}); }

  Gateway& gateway_;
  std::unique_ptr<Http> http_ = std::make_unique<Http>();  // until there is a WebSocket
  std::unique_ptr<WireSocket> socket_;
  // In one word: a million connections may sleep.
  std::uint64_t number_ : 61;
  bool peer_finished_ : 1 = false;
  bool reset_ : 1 = false;
  bool over_ : 1 = false;
};

}  // namespace torpor::server
