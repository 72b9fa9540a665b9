// One connection of the server's own, for an object's outgoing socket: the client's part of the
// opening handshake, then the WebSocket. Source: OUT-05, OUT-13, observed.md 11.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "core/object/object.h"
#include "core/object/outgoing.h"
#include "reference-server/connection.h"
#include "reference-server/wire_socket.h"

namespace torpor::server {

class OutgoingConnection final : public Wire {
 public:
  // Tells `object` what becomes of it, once, unless it is given up before.
  OutgoingConnection(ConnectionId id, Gateway& gateway, object::Object& object,
                     std::shared_ptr<object::SocketEnd> end, object::ConnectRequest request);
  ~OutgoingConnection() override;

  void connected();
  void connect_failed();
  void received(std::string_view octets);
  void peer_finished();
  void peer_reset();
  void written(std::size_t unsent);
  void drop() { cut(); }
  void give_up();
  bool over() const { return over_ || (socket_ && socket_->over()); }

  // Wire
  void write(std::string octets) override;
  void close() override;
  void cut() override;
  std::uint32_t mask_key() override;
  void lost() override {}  // whoever holds it looks at all of them

 private:
  struct Parser;

  std::string request_head();
  void read_answer(std::string_view octets);
  void take_answer();
  void fail(int status);

  ConnectionId id_;
  Gateway& gateway_;
  object::Object& object_;
  std::shared_ptr<object::SocketEnd> end_;
  object::ConnectRequest request_;
  std::string key_;
  std::string unread_;
  std::unique_ptr<Parser> parser_;  // until there is an answer
  std::unique_ptr<WireSocket> socket_;
  bool told_ = false;
  bool reset_ = false;
  bool over_ = false;
};

}  // namespace torpor::server
