#include "reference-server/serve/serve.h"

#include <algorithm>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include "core/object/js_error.h"
#include "reference-server/options.h"
#include "reference-server/serve/folder_lock.h"
#include "reference-server/serve/tcp_connection.h"
#include "reference-server/server.h"

namespace torpor::server {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

// After a stop was asked for: how long clients may take to end their side, and how long what they
// have not read yet may take to leave.
constexpr std::chrono::milliseconds kEndPatience{250};
constexpr std::chrono::seconds kWritePatience{2};
// By then it has ended, unless an object's code runs on and on.
constexpr std::chrono::seconds kStopPatience{5};
constexpr int kStuck = 4;

class RealServer final : public Transport, public TcpConnection::Owner {
 public:
  RealServer(ServerOptions server, const ServeOptions& options)
      : acceptor_(loop_),
        deadline_(loop_),
        stop_timer_(loop_),
        signals_(watch_, SIGINT, SIGTERM),
        patience_(watch_),
        server_(std::move(server), *this) {
    listen(options);
  }

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

  void run() {
    accept();
    arm();
    // Beside the loop: an object's code that does not end must not keep the server from ending.
    signals_.async_wait([this](error_code error, int) {
      if (!error) end_soon();
    });
    std::thread watching([this] { watch_.run(); });
    loop_.run();
    watch_.stop();
    watching.join();
  }

  // Transport
  ConnectionId connect(const std::string& host, std::uint16_t port) override {
    const auto id = static_cast<ConnectionId>(next_id_++);
    dialling_.insert(id);
    const auto resolver = std::make_shared<tcp::resolver>(loop_);
    const auto socket = std::make_shared<tcp::socket>(loop_);
    resolver->async_resolve(
        host, std::to_string(port),
        [this, id, resolver, socket](error_code error, const auto& found) {
          if (error) return connected(id, *socket, error);
          asio::async_connect(*socket, found, [this, id, socket](error_code failure, const auto&) {
            connected(id, *socket, failure);
          });
        });
    return id;
  }
  std::uint32_t random_bits(ConnectionId) override { return random_(); }
  void write(ConnectionId id, std::string octets) override {
    if (const auto connection = find(id)) connection->write(std::move(octets));
  }
  void finish(ConnectionId id) override {
    if (const auto connection = find(id)) connection->finish();
  }
  void close(ConnectionId id) override {
    dialling_.erase(id);
    if (const auto connection = find(id)) connection->close();
  }
  void cut(ConnectionId id) override {
    dialling_.erase(id);
    if (const auto connection = find(id)) connection->cut();
  }

  // TcpConnection::Owner
  void received(ConnectionId id, std::string_view octets) override {
    server_.received(id, octets, now());
    arm();
  }
  void peer_finished(ConnectionId id) override {
    server_.peer_finished(id, now());
    arm();
  }
  void peer_reset(ConnectionId id) override {
    server_.peer_reset(id, now());
    arm();
  }
  void written(ConnectionId id, std::size_t unsent) override {
    // The server may be in the middle of the very call that wrote.
    asio::post(loop_, [this, id, unsent] {
      server_.written(id, unsent, now());
      arm();
    });
  }
  void forget(ConnectionId id) override {
    connections_.erase(id);
    if (stopping_ && connections_.empty()) loop_.stop();
  }

 private:
  void listen(const ServeOptions& options) {
    error_code error;
    const auto address =
        asio::ip::make_address(options.host == "localhost" ? "127.0.0.1" : options.host, error);
    if (error)
      throw std::runtime_error("'" + options.host + "' is not an IP address; use --host 127.0.0.1");
    const tcp::endpoint endpoint(address, options.port);
    acceptor_.open(endpoint.protocol());
    acceptor_.set_option(tcp::acceptor::reuse_address(true));
    acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (!error) return;
    throw std::runtime_error("cannot listen on " + options.host + ":" +
                             std::to_string(options.port) + ": " + error.message() +
                             "; choose another --port, or 0 for any free one");
  }

  void accept() {
    acceptor_.async_accept([this](error_code error, tcp::socket socket) {
      if (error == asio::error::operation_aborted) return;
      if (!error) {
        error_code ignored;
        socket.set_option(tcp::no_delay(true), ignored);
        const auto id = static_cast<ConnectionId>(next_id_++);
        const auto connection = std::make_shared<TcpConnection>(id, std::move(socket), *this);
        connections_[id] = connection;
        server_.opened(id, now());
        connection->start();
      }
      accept();
    });
  }

  void connected(ConnectionId id, tcp::socket& socket, error_code error) {
    if (dialling_.erase(id) == 0) return;  // it was given up meanwhile
    if (error) {
      server_.connect_failed(id, now());
    } else {
      error_code ignored;
      socket.set_option(tcp::no_delay(true), ignored);
      const auto connection = std::make_shared<TcpConnection>(id, std::move(socket), *this);
      connections_[id] = connection;
      server_.connected(id, now());
      connection->start();
    }
    arm();
  }

  std::shared_ptr<TcpConnection> find(ConnectionId id) {
    const auto found = connections_.find(id);
    return found == connections_.end() ? nullptr : found->second;
  }

  Time now() const {
    return Time(std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - started_));
  }

  void arm() {
    const auto next = server_.next_deadline();
    if (next == armed_) return;
    armed_ = next;
    if (!next) {
      deadline_.cancel();
      return;
    }
    deadline_.expires_at(started_ + std::chrono::microseconds(to_microseconds(*next)));
    deadline_.async_wait([this](error_code error) {
      if (error) return;
      armed_.reset();
      server_.advance_to(now());
      arm();
    });
  }

  // What objects have stored is on the disk at any time: going at once loses nothing of it.
  void end_soon() {
    asio::post(loop_, [this] { stop(); });
    signals_.async_wait([](error_code error, int signal) {
      if (!error) std::_Exit(128 + signal);
    });
    patience_.expires_after(kStopPatience);
    patience_.async_wait([](error_code error) {
      if (error) return;
      std::fputs("torpor: an object's code does not end; gone all the same\n", stderr);
      std::_Exit(kStuck);
    });
  }

  void stop() {
    stopping_ = true;
    error_code ignored;
    acceptor_.close(ignored);
    deadline_.cancel();
    std::vector<std::shared_ptr<TcpConnection>> open;
    for (const auto& [id, connection] : connections_) open.push_back(connection);
    for (const auto& connection : open) connection->close();
    if (connections_.empty()) return loop_.stop();
    stop_when_written(std::chrono::steady_clock::now() + kWritePatience);
  }

  void stop_when_written(std::chrono::steady_clock::time_point latest) {
    stop_timer_.expires_after(kEndPatience);
    stop_timer_.async_wait([this, latest](error_code) {
      const bool all_is_written =
          std::all_of(connections_.begin(), connections_.end(),
                      [](const auto& entry) { return entry.second->all_is_written(); });
      if (all_is_written || std::chrono::steady_clock::now() >= latest) return loop_.stop();
      stop_when_written(latest);
    });
  }

  const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  asio::io_context loop_{1};
  asio::io_context watch_{1};  // a thread of its own: signals, and how long stopping may take
  tcp::acceptor acceptor_;
  asio::steady_timer deadline_;
  asio::steady_timer stop_timer_;
  asio::signal_set signals_;
  asio::steady_timer patience_;
  std::map<ConnectionId, std::shared_ptr<TcpConnection>> connections_;
  std::set<ConnectionId> dialling_;  // neither connected nor given up
  std::uint64_t next_id_ = 1;
  std::random_device random_;
  std::optional<Time> armed_;
  bool stopping_ = false;
  Server server_;
};

}  // namespace

int serve(ServerOptions server, const ServeOptions& options) {
  const FolderLock lock(server.storage_folder);
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  server.epoch_ms = std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count();
  server.random_seed.reset();
  std::unique_ptr<RealServer> real;
  try {
    real = std::make_unique<RealServer>(std::move(server), options);
  } catch (const object::JsError& unreadable) {
    throw std::runtime_error(unreadable.message);
  }
  if (options.on_listening) options.on_listening(real->port());
  real->run();
  return 0;
}

}  // namespace torpor::server
