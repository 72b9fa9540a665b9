#include "reference-server/connection.h"

#include <utility>
#include <variant>

#include "core/mutants.h"
#include "core/object/web_socket.h"
#include "core/prefetch.h"

namespace torpor::server {

using mutants::Mutant;
using mutants::planted;

using object::Dropped;

void Connection::write(std::string octets) {
  if (!over_ && !reset_) gateway_.transport().write(id(), std::move(octets));
}

std::uint32_t Connection::mask_key() {
  return gateway_.transport().random_bits(id());
}

void Connection::close() {
  if (!over_ && !reset_) gateway_.transport().close(id());
  over_ = true;
  gateway_.maybe_over(id());
}

void Connection::cut() {
  if (!over_ && !reset_) gateway_.transport().cut(id());
  over_ = true;
  gateway_.maybe_over(id());
}

void Connection::prefetch(int part) const {
  if (part == 0) return prefetch_memory(this, sizeof *this);
  if (!socket_) return;
  if (part == 1) return prefetch_memory(socket_.get(), sizeof *socket_);
  if (const object::SocketEnd* end = socket_->joined())
    part == 2 ? prefetch_memory(end, sizeof *end) : end->prefetch_socket();
}

void Connection::received(std::string_view octets) {
  if (over_) return;
  wake();
  if (socket_) return socket_->received(octets);
  http_->reader.feed(octets);
  serve_next();
}

void Connection::serve_next() {
  while (!socket_ && !over_ && !http_->in_flight) {
    auto next = http_->reader.next();
    if (!next) {
      if (peer_finished_) close();
      return;
    }
    if (auto* failure = std::get_if<HttpFailure>(&*next)) {
      write(std::move(failure->response));
      if (!failure->keep_alive) close();
      continue;
    }
    http_->in_flight = std::get<HttpRequest>(std::move(*next));
    gateway_.serve(id(), http_->in_flight->request);
  }
}

void Connection::peer_finished() {
  peer_finished_ = true;
  wake();
  if (socket_) return socket_->peer_finished();
  if (!http_->in_flight) close();
}

void Connection::peer_reset() {
  reset_ = true;
  wake();
  if (!socket_) {
    over_ = true;
    return;
  }
  socket_->peer_reset();
}

void Connection::written(std::size_t unsent) {
  if (unsent > 0) wake();
  if (socket_) socket_->written(unsent);
}

object::Link& Connection::get_up(std::shared_ptr<object::SocketEnd> end) {
  socket_ = std::make_unique<WireSocket>(
      *this, std::move(end),
      WireSocket::Options{websocket::Role::kServer, std::nullopt, gateway_.parameters()});
  return *socket_;
}

void Connection::answer(object::FetchResult result, object::Object* from) {
  if (over_) return;
  if (const auto* response = std::get_if<object::Response>(&result)) {
    if (response->web_socket()) return answer_with_socket(*response, *from);
    const bool keep_alive = http_->in_flight->keep_alive;
    write(serialize(*response, *http_->in_flight));
    http_->in_flight.reset();
    if (!keep_alive) return close();
  } else {
    write(runtime_error(http_->in_flight->minor_version, 500, "", "Internal Server Error"));
    return close();
  }
  serve_next();
}

void Connection::answer_with_socket(const object::Response& response, object::Object& from) {
  object::SocketEnd& client_end = response.web_socket()->end();
  const std::shared_ptr<object::SocketEnd> server_end = client_end.peer().shared();
  auto outcome = upgrade(*http_->in_flight, response,
                         {.compression = gateway_.flags().web_socket_compression,
                          .strict = gateway_.parameters().strict_protocol != 0});
  if (auto* refusal = std::get_if<Refusal>(&outcome)) {
    write(std::move(refusal->response));
    close();
    // UPG-05: the object had accepted its end already; it hears that nobody is there.
    if (server_end->wants_input() && !planted(Mutant::kFailedHandshakeUnheard))
      server_end->take(Dropped{});
    return;
  }
  const auto& handshake = std::get<Handshake>(outcome);
  const bool accepted = client_end.accepted() && !planted(Mutant::kAcceptedEndServed);
  if (accepted || (http_->in_flight->minor_version == 0 && !planted(Mutant::kHttp10Served))) {
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
  socket_ = std::make_unique<WireSocket>(
      *this, end,
      WireSocket::Options{websocket::Role::kServer, handshake.deflate, gateway_.parameters()});
  if (!planted(Mutant::kPipelinedOctetsLost)) socket_->feed(http_->reader.take_rest());
  if (planted(Mutant::kServerPings)) write(std::string("\x89\x00", 2));
  http_.reset();
  from.join(end, *socket_);
  peer_finished_ ? socket_->peer_finished() : socket_->pump();
}

}  // namespace torpor::server
