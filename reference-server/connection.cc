#include "reference-server/connection.h"

#include <utility>
#include <variant>

#include "core/object/web_socket.h"

namespace torpor::server {

using object::Dropped;

Connection::~Connection() {
  if (end_ && end_->link() == this) end_->link_lost();
}

void Connection::write(std::string octets) {
  if (!over_ && !reset_) gateway_.transport().write(id_, std::move(octets));
}

void Connection::close() {
  if (!over_ && !reset_) gateway_.transport().close(id_);
  over_ = true;
}

void Connection::received(std::string_view octets) {
  if (over_) return;
  if (reader_) {
    reader_->feed(octets);
    pump();
    return;
  }
  http_.feed(octets);
  serve_next();
}

void Connection::serve_next() {
  while (!in_flight_ && !reader_ && !over_) {
    auto next = http_.next();
    if (!next) {
      if (peer_finished_) close();
      return;
    }
    if (auto* failure = std::get_if<HttpFailure>(&*next)) {
      write(std::move(failure->response));
      if (!failure->keep_alive) close();
      continue;
    }
    in_flight_ = std::get<HttpRequest>(std::move(*next));
    gateway_.serve(id_, in_flight_->request);
  }
}

void Connection::peer_finished() {
  peer_finished_ = true;
  if (reader_) return pump();
  if (!in_flight_) close();
}

void Connection::peer_reset() {
  reset_ = true;
  if (!reader_) {
    over_ = true;
    return;
  }
  pump();
}

void Connection::written(std::size_t unsent) {
  unsent_ = unsent;
  if (end_ && end_->link() == this) end_->unsent_changed();
}

void Connection::answer(object::FetchResult result, object::Object* from) {
  if (over_) return;
  if (const auto* response = std::get_if<object::Response>(&result)) {
    if (response->web_socket()) return answer_with_socket(*response, *from);
    const bool keep_alive = in_flight_->keep_alive;
    write(serialize(*response, *in_flight_));
    in_flight_.reset();
    if (!keep_alive) return close();
  } else {
    write(runtime_error(in_flight_->minor_version, 500, "", "Internal Server Error"));
    return close();
  }
  serve_next();
}

void Connection::answer_with_socket(const object::Response& response, object::Object& from) {
  object::SocketEnd& client_end = response.web_socket()->end();
  const std::shared_ptr<object::SocketEnd> server_end = client_end.peer().shared();
  auto outcome = upgrade(*in_flight_, response,
                         {.compression = gateway_.flags().web_socket_compression,
                          .strict = gateway_.parameters().strict_protocol != 0});
  if (auto* refusal = std::get_if<Refusal>(&outcome)) {
    write(std::move(refusal->response));
    close();
    // UPG-05: the object had accepted its end already; it hears that nobody is there.
    if (server_end->wants_input()) server_end->take(Dropped{});
    return;
  }
  const auto& handshake = std::get<Handshake>(outcome);
  if (client_end.accepted() || in_flight_->minor_version == 0) {
    write(handshake.response);
    close();
    if (!client_end.accepted() && server_end->wants_input()) server_end->take(Dropped{});
    return;
  }
  start_websocket(handshake, server_end, from);
}

void Connection::start_websocket(const Handshake& handshake,
                                 const std::shared_ptr<object::SocketEnd>& end,
                                 object::Object& from) {
  write(handshake.response);
  const bool strict = gateway_.parameters().strict_protocol != 0;
  websocket::Reader::Options reading;
  reading.message_bytes_max = static_cast<std::uint64_t>(gateway_.parameters().message_bytes_max);
  reading.policy = strict ? websocket::Policy::rfc6455() : websocket::Policy::workerd();
  reading.deflate = handshake.deflate;
  reader_ = std::make_unique<websocket::Reader>(reading);
  writer_ =
      std::make_unique<websocket::Writer>(websocket::Writer::Options{.deflate = handshake.deflate});
  reader_->feed(http_.take_rest());
  in_flight_.reset();
  end_ = end;
  from.join(end_, *this);
  pump();
}

void Connection::pump() {
  if (pumping_ || !reader_) return;
  pumping_ = true;
  pong_in_burst_ = false;
  while (end_ && end_->link() == this && end_->wants_input()) {
    auto event = reader_->next();
    if (!event) {
      flush_pong();
      if (!reset_ && !peer_finished_) break;
      deliver(Dropped{.reset = reset_});
      break;
    }
    if (!handle(std::move(*event))) break;
  }
  flush_pong();
  pumping_ = false;
  if (reset_ && (!end_ || end_->input_ended())) over_ = true;
}

// False once nothing more is to be read.
bool Connection::handle(websocket::Event event) {
  if (auto* ping = std::get_if<websocket::Ping>(&event)) {
    end_->pinged();
    handle_ping(std::move(ping->payload));
    return true;
  }
  if (std::holds_alternative<websocket::Pong>(event)) return true;
  flush_pong();
  if (auto* text = std::get_if<websocket::TextMessage>(&event)) {
    deliver(object::Message{object::MessageType::kText, std::move(text->payload),
                            std::move(text->raw)});
    return true;
  }
  if (auto* binary = std::get_if<websocket::BinaryMessage>(&event)) {
    deliver(
        object::Message{object::MessageType::kBinary, std::move(binary->payload), std::nullopt});
    return true;
  }
  if (auto* close = std::get_if<websocket::CloseReceived>(&event)) {
    deliver(object::CloseFrame{close->code, std::move(close->reason), std::move(close->payload)});
    return false;
  }
  auto& failure = std::get<websocket::ProtocolError>(event);
  // FRAME-08: the Close that names the error, unless ours is out already.
  if (!close_sent_) {
    close_sent_ = true;
    write(writer_->close({failure.status_code, failure.description}));
  }
  deliver(object::ProtocolFailure{failure.status_code, std::move(failure.description)});
  return false;
}

// PING-03: the first pong of a burst leaves at once; those behind it wait for it, and each replaces
// the one waiting.
void Connection::handle_ping(std::string payload) {
  // RFC 6455 5.5.2 excuses only who has received a Close; workerd answers no more (PING-07).
  if (close_sent_ && !gateway_.parameters().strict_protocol) return;
  if (gateway_.parameters().pongs_coalesce && pong_in_burst_) {
    pending_pong_ = std::move(payload);
    return;
  }
  pong_in_burst_ = true;
  write(writer_->pong(payload));
}

void Connection::flush_pong() {
  pong_in_burst_ = false;
  const auto pong = std::exchange(pending_pong_, std::nullopt);
  if (pong && !close_sent_) write(writer_->pong(*pong));
}

void Connection::deliver(object::Incoming incoming) {
  // Keeps the end alive: taking its last event may make this connection forget it.
  const auto end = end_;
  end->take(std::move(incoming));
}

void Connection::send(object::Outgoing item) {
  if (auto* message = std::get_if<object::OutgoingMessage>(&item)) {
    if (close_sent_) return;
    const bool text = message->type == object::MessageType::kText;
    write(text ? writer_->text(message->data) : writer_->binary(message->data));
    return;
  }
  if (std::exchange(close_sent_, true)) return;
  write(writer_->close_raw(std::get<object::OutgoingClose>(item).payload));
}

void Connection::end() {
  end_.reset();
  close();
}

}  // namespace torpor::server
