// One accepted TCP connection of the real server: moves octets, knows nothing of what they mean.
#pragma once

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "reference-server/server.h"

namespace torpor::server {

class TcpConnection : public std::enable_shared_from_this<TcpConnection> {
 public:
  // What a connection reports; called from the event loop only.
  class Owner {
   public:
    virtual ~Owner() = default;
    virtual void received(ConnectionId id, std::string_view octets) = 0;
    virtual void peer_finished(ConnectionId id) = 0;
    virtual void peer_reset(ConnectionId id) = 0;
    virtual void written(ConnectionId id, std::size_t unsent) = 0;
    virtual void forget(ConnectionId id) = 0;
  };

  TcpConnection(ConnectionId id, boost::asio::ip::tcp::socket socket, Owner& owner)
      : id_(id), socket_(std::move(socket)), owner_(owner) {}

  void start() { read(); }
  void write(std::string octets);
  void finish();  // FIN after what is queued
  void close();   // FIN after what is queued; the rest of the input is ignored, then the connection
                  // is forgotten
  void cut();     // the same, without what the kernel has not taken yet
  void abandon();
  bool all_is_written() const { return writing_.empty() && queued_.empty(); }

 private:
  void read();
  void write_queued();
  void end_output();
  void lost();

  ConnectionId id_;
  boost::asio::ip::tcp::socket socket_;
  Owner& owner_;
  std::array<char, 64 * 1024> buffer_;
  std::string queued_;
  std::string writing_;
  bool finish_when_written_ = false;
  bool closing_ = false;
  bool output_ended_ = false;
  bool input_ended_ = false;
  bool gone_ = false;
};

}  // namespace torpor::server
