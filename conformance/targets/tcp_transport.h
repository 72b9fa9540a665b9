// The real network under the raw client: non-blocking TCP on the driver's io_context.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "core/time.h"
#include "sim/client_transport.h"

namespace torpor::targets {

// Every channel is a connection to one endpoint, or was taken by a listener. Channels that are over
// (reset, forgotten, failed, or finished both ways) ignore further calls. While reading is stopped,
// an end of the connection is held back like the data before it.
class TcpTransport final : public sim::ClientTransport {
 public:
  // `io` outlives the transport. `now` says when a report is made.
  TcpTransport(boost::asio::io_context& io, boost::asio::ip::tcp::endpoint server,
               std::function<Time()> now);
  // Resets what is open. No handler is called afterwards, whatever `io` still runs.
  ~TcpTransport() override;
  TcpTransport(const TcpTransport&) = delete;
  TcpTransport& operator=(const TcpTransport&) = delete;

  sim::ChannelId connect(sim::ChannelHandler& handler) override;
  void write(sim::ChannelId id, std::string octets) override;
  void finish(sim::ChannelId id) override;
  void reset(sim::ChannelId id) override;
  void stop_reading(sim::ChannelId id) override;
  void resume_reading(sim::ChannelId id) override;
  // On a free port of 127.0.0.1. Throws boost::system::system_error when there is none.
  sim::Listening listen(sim::AcceptHandler& handler) override;
  void stop_listening(sim::ListenerId id) override;

  // The harness has no more use for the channel: it goes without a report and without lingering.
  void forget(sim::ChannelId id) { reset(id); }

 private:
  class Channel;
  class Listener;

  void take(sim::AcceptHandler& accepted, boost::asio::ip::tcp::socket socket);
  std::shared_ptr<Channel> find(sim::ChannelId id) const;

  boost::asio::io_context& io_;
  boost::asio::ip::tcp::endpoint server_;
  std::function<Time()> now_;
  std::map<sim::ChannelId, std::shared_ptr<Channel>> channels_;
  std::map<sim::ListenerId, std::shared_ptr<Listener>> listeners_;
  std::uint32_t next_id_ = 1;
  std::uint32_t next_listener_ = 1;
};

}  // namespace torpor::targets
