// The WebSocket of one connection, after the opening handshake: joins the end that an object holds
// to octets. As a server for clients that connected, as a client for outgoing sockets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/compat/parameters.h"
#include "core/object/sleeping_end.h"
#include "core/object/socket_end.h"
#include "core/object/wire.h"
#include "core/websocket/reader.h"
#include "core/websocket/role.h"
#include "core/websocket/writer.h"

namespace torpor::server {

// What the WebSocket needs of the connection that it is on.
class Wire {
 public:
  virtual ~Wire() = default;
  virtual object::Bed* bed() { return nullptr; }  // Link::bed() of a socket that rests
  virtual void write(std::string octets) = 0;
  virtual void close() = 0;  // FIN once everything written has left
  virtual void cut() = 0;    // FIN without what has not left yet
  virtual std::uint32_t mask_key() = 0;
  virtual void lost() = 0;  // the socket may be over()
};

class WireSocket final : public object::Link {
 public:
  struct Options {
    websocket::Role role;
    std::optional<websocket::DeflateParameters> deflate;
    const compat::Parameters& parameters;  // outlives the socket
  };
  WireSocket(Wire& wire, std::shared_ptr<object::SocketEnd> end, const Options& options);
  ~WireSocket() override;
  WireSocket(const WireSocket&) = delete;
  WireSocket& operator=(const WireSocket&) = delete;

  // Only stores what was received before the end is joined; pump() begins.
  void feed(std::string_view octets);
  void received(std::string_view octets);
  void peer_finished();
  void peer_reset();
  void written(std::size_t unsent);
  const object::SocketEnd* joined() const { return end_.get(); }
  // The connection is lost, and its end has heard of it.
  bool over() const { return reset_ && (!end_ || end_->input_ended() || mute_); }

  // object::Link
  void send(object::Outgoing item) override;
  void end() override;
  void cut() override;
  void pump() override;
  std::size_t unsent() const override { return unsent_; }
  object::Bed* bed() override;
  bool is_behind_control_frame() const override { return pong_went_; }
  bool tells_of_loss(bool message_came) const override {
    return message_came || role_ == websocket::Role::kClient;
  }

 private:
  websocket::Writer::MaskKey mask();
  std::optional<websocket::Event> next_event();
  bool handle(websocket::Event event);
  void handle_ping(std::string payload);
  void flush_pong();
  void look_ahead();
  void deliver(object::Incoming incoming);

  Wire& wire_;
  std::shared_ptr<object::SocketEnd> end_;
  const compat::Parameters& parameters_;
  // While there is something in it: connections are many, and most of them idle.
  std::unique_ptr<websocket::Reader> reader_;
  std::unique_ptr<websocket::Event> next_;  // looked at already
  std::size_t unsent_ = 0;
  websocket::Role role_;
  bool pong_in_burst_ = false;
  bool pong_went_ = false;  // since the last message
  bool pumping_ = false;
  bool close_sent_ = false;
  bool peer_finished_ = false;
  bool reset_ = false;
  bool failed_ = false;  // the Close for a protocol error was sent
  bool mute_ = false;    // FRAME-12: nothing passes any more
  websocket::Writer writer_;
  std::optional<websocket::DeflateParameters> deflate_;
  std::optional<std::string> pending_pong_;
};

}  // namespace torpor::server
