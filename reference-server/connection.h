// One connection of a client: HTTP first, then perhaps a WebSocket joined to the end that an object
// accepted.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/object/object.h"
#include "core/object/socket_end.h"
#include "core/object/wire.h"
#include "core/websocket/reader.h"
#include "core/websocket/writer.h"
#include "reference-server/http_message.h"
#include "reference-server/server.h"
#include "reference-server/upgrade.h"

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
};

class Connection final : public object::Link {
 public:
  Connection(ConnectionId id, Gateway& gateway) : id_(id), gateway_(gateway) {}
  ~Connection() override;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void received(std::string_view octets);
  void peer_finished();
  void peer_reset();
  void written(std::size_t unsent);
  // The process is gone.
  void drop() { close(); }
  // What the worker answered to the request in flight; `from` is the object that did, if one did.
  void answer(object::FetchResult result, object::Object* from);
  // Nothing will come of this connection any more.
  bool over() const { return over_; }

  // object::Link
  void send(object::Outgoing item) override;
  void end() override;
  void pump() override;
  std::size_t unsent() const override { return unsent_; }

 private:
  void serve_next();
  void write(std::string octets);
  void close();
  void answer_with_socket(const object::Response& response, object::Object& from);
  void start_websocket(const Handshake& handshake, const std::shared_ptr<object::SocketEnd>& end,
                       object::Object& from);
  bool handle(websocket::Event event);
  void handle_ping(std::string payload);
  void flush_pong();
  void deliver(object::Incoming incoming);

  ConnectionId id_;
  Gateway& gateway_;
  HttpReader http_;
  std::optional<HttpRequest> in_flight_;
  std::unique_ptr<websocket::Reader> reader_;
  std::unique_ptr<websocket::Writer> writer_;
  std::shared_ptr<object::SocketEnd> end_;
  std::optional<std::string> pending_pong_;
  std::size_t unsent_ = 0;
  bool pong_in_burst_ = false;
  bool pumping_ = false;
  bool close_sent_ = false;
  bool peer_finished_ = false;
  bool reset_ = false;
  bool over_ = false;
};

}  // namespace torpor::server
