#include "conformance/targets/tcp_transport.h"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/error_code.hpp>
#include <cstddef>
#include <deque>
#include <string_view>
#include <utility>

namespace torpor::targets {

using boost::asio::ip::tcp;
using boost::system::error_code;
using sim::ChannelId;
using sim::EndKind;

// Kept alive by its completion handlers; `owner_` is null once nothing may be reported any more.
class TcpTransport::Channel : public std::enable_shared_from_this<TcpTransport::Channel> {
 public:
  Channel(TcpTransport& owner, ChannelId id, sim::ChannelHandler& handler)
      : owner_(&owner), id_(id), handler_(handler), socket_(owner.io_) {}

  void connect(const tcp::endpoint& server) {
    socket_.async_connect(
        server, [self = shared_from_this()](error_code error) { self->connected(error); });
  }

  // `socket` is connected; what fails is found out by reading.
  void adopt(tcp::socket socket) {
    socket_ = std::move(socket);
    error_code ignored;
    socket_.non_blocking(true, ignored);
    socket_.set_option(tcp::no_delay(true), ignored);
    connected_ = true;
    await_data();
  }

  void write(std::string octets) {
    if (finishing_ || write_failed_ || octets.empty()) return;
    queue_.push_back(std::move(octets));
    pump();
  }

  void finish() {
    finishing_ = true;
    pump();
  }

  void stop_reading() { stopped_ = true; }

  void resume_reading() {
    stopped_ = false;
    await_data();
  }

  void abort() {
    owner_ = nullptr;
    error_code ignored;
    socket_.set_option(boost::asio::socket_base::linger(true, 0), ignored);
    socket_.close(ignored);
  }

 private:
  void connected(error_code error) {
    if (owner_ == nullptr) return;
    if (!error) socket_.non_blocking(true, error);
    if (!error) socket_.set_option(tcp::no_delay(true), error);
    const Time now = owner_->now_();
    if (error) {
      leave();
      handler_.on_connect_failed(id_, error.message(), now);
      return;
    }
    connected_ = true;
    handler_.on_connected(id_, now);
    if (owner_ == nullptr) return;
    pump();
    await_data();
  }

  void pump() {
    if (!connected_ || writing_ || write_failed_ || fin_sent_) return;
    if (!queue_.empty()) {
      writing_ = true;
      boost::asio::async_write(
          socket_, boost::asio::buffer(queue_.front()),
          [self = shared_from_this()](error_code error, std::size_t) { self->written(error); });
    } else if (finishing_) {
      fin_sent_ = true;
      error_code ignored;  // the peer may have reset the connection: reading finds out
      socket_.shutdown(tcp::socket::shutdown_send, ignored);
      if (ended_) leave();
    }
  }

  void written(error_code error) {
    if (owner_ == nullptr) return;
    writing_ = false;
    if (!error) {
      queue_.pop_front();
      pump();
      return;
    }
    // The kernel tells of a reset once. Now that a write has heard it, reading gets what had
    // arrived and then a plain end.
    write_failed_ = true;
    queue_.clear();
    if (ended_) leave();
  }

  // Waits without taking the octets, so that what is held back fills the kernel's window and not
  // our memory.
  void await_data() {
    if (!connected_ || waiting_ || stopped_ || ended_) return;
    waiting_ = true;
    socket_.async_wait(tcp::socket::wait_read,
                       [self = shared_from_this()](error_code) { self->read(); });
  }

  void read() {
    if (owner_ == nullptr) return;
    waiting_ = false;
    if (stopped_) return;
    std::array<char, 65536> buffer;
    error_code error;
    const std::size_t count = socket_.read_some(boost::asio::buffer(buffer), error);
    if (error && error != boost::asio::error::would_block &&
        error != boost::asio::error::interrupted) {
      ended(error);
      return;
    }
    if (!error) handler_.on_received(id_, std::string_view(buffer.data(), count), owner_->now_());
    if (owner_ != nullptr) await_data();
  }

  void ended(error_code error) {
    ended_ = true;
    const Time now = owner_->now_();
    const EndKind how =
        error == boost::asio::error::eof && !write_failed_ ? EndKind::kFin : EndKind::kReset;
    if (how == EndKind::kReset || fin_sent_) leave();
    handler_.on_ended(id_, how, now);
  }

  void leave() {
    const std::shared_ptr<Channel> self = shared_from_this();
    owner_->channels_.erase(id_);
    owner_ = nullptr;
    error_code ignored;
    socket_.close(ignored);
  }

  TcpTransport* owner_;
  const ChannelId id_;
  sim::ChannelHandler& handler_;
  tcp::socket socket_;
  std::deque<std::string> queue_;
  bool connected_ = false;
  bool writing_ = false;
  bool write_failed_ = false;
  bool finishing_ = false;
  bool fin_sent_ = false;
  bool waiting_ = false;
  bool stopped_ = false;
  bool ended_ = false;
};

// Kept alive by its completion handler.
class TcpTransport::Listener : public std::enable_shared_from_this<TcpTransport::Listener> {
 public:
  Listener(TcpTransport& owner, sim::AcceptHandler& handler)
      : owner_(&owner),
        handler_(handler),
        acceptor_(owner.io_, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)) {}

  std::string address() const {
    return "127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
  }

  void accept() {
    acceptor_.async_accept([self = shared_from_this()](error_code error, tcp::socket socket) {
      if (self->owner_ == nullptr) return;
      if (!error) self->owner_->take(self->handler_, std::move(socket));
      if (self->owner_ != nullptr) self->accept();
    });
  }

  void stop() {
    owner_ = nullptr;
    error_code ignored;
    acceptor_.close(ignored);
  }

 private:
  TcpTransport* owner_;
  sim::AcceptHandler& handler_;
  tcp::acceptor acceptor_;
};

TcpTransport::TcpTransport(boost::asio::io_context& io, tcp::endpoint server,
                           std::function<Time()> now)
    : io_(io), server_(std::move(server)), now_(std::move(now)) {}

TcpTransport::~TcpTransport() {
  for (const auto& [id, listener] : listeners_) listener->stop();
  for (const auto& [id, channel] : channels_) channel->abort();
}

sim::Listening TcpTransport::listen(sim::AcceptHandler& handler) {
  const sim::ListenerId id{next_listener_++};
  const auto listener = std::make_shared<Listener>(*this, handler);
  listeners_.emplace(id, listener);
  listener->accept();
  return {id, listener->address()};
}

void TcpTransport::stop_listening(sim::ListenerId id) {
  const auto found = listeners_.find(id);
  if (found == listeners_.end()) return;
  found->second->stop();
  listeners_.erase(found);
}

void TcpTransport::take(sim::AcceptHandler& accepted, tcp::socket socket) {
  const ChannelId id{next_id_++};
  const auto channel = std::make_shared<Channel>(*this, id, accepted.on_accepted(id, now_()));
  channels_.emplace(id, channel);
  channel->adopt(std::move(socket));
}

ChannelId TcpTransport::connect(sim::ChannelHandler& handler) {
  const ChannelId id{next_id_++};
  const auto channel = std::make_shared<Channel>(*this, id, handler);
  channels_.emplace(id, channel);
  channel->connect(server_);
  return id;
}

void TcpTransport::write(ChannelId id, std::string octets) {
  if (const auto channel = find(id)) channel->write(std::move(octets));
}

void TcpTransport::finish(ChannelId id) {
  if (const auto channel = find(id)) channel->finish();
}

void TcpTransport::reset(ChannelId id) {
  const auto channel = find(id);
  if (channel == nullptr) return;
  channels_.erase(id);
  channel->abort();
}

void TcpTransport::stop_reading(ChannelId id) {
  if (const auto channel = find(id)) channel->stop_reading();
}

void TcpTransport::resume_reading(ChannelId id) {
  if (const auto channel = find(id)) channel->resume_reading();
}

std::shared_ptr<TcpTransport::Channel> TcpTransport::find(ChannelId id) const {
  const auto found = channels_.find(id);
  return found == channels_.end() ? nullptr : found->second;
}

}  // namespace torpor::targets
