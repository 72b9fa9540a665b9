#include "reference-server/serve/tcp_connection.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/write.hpp>
#include <utility>

namespace torpor::server {

using boost::system::error_code;

void TcpConnection::read() {
  socket_.async_read_some(boost::asio::buffer(buffer_),
                          [self = shared_from_this()](error_code error, std::size_t size) {
                            if (self->gone_) return;
                            if (!error) {
                              // After close() the input is read only to find its end: closing with
                              // unread octets would send RST.
                              if (!self->closing_)
                                self->owner_.received(self->id_, {self->buffer_.data(), size});
                              if (!self->gone_) self->read();
                              return;
                            }
                            if (error != boost::asio::error::eof) return self->lost();
                            self->input_ended_ = true;
                            if (self->closing_) {
                              if (self->output_ended_) self->abandon();
                            } else {
                              self->owner_.peer_finished(self->id_);
                            }
                          });
}

void TcpConnection::write(std::string octets) {
  if (gone_ || finish_when_written_) return;
  queued_ += octets;
  if (writing_.empty()) write_queued();
}

void TcpConnection::write_queued() {
  writing_ = std::exchange(queued_, {});
  boost::asio::async_write(socket_, boost::asio::buffer(writing_),
                           [self = shared_from_this()](error_code error, std::size_t) {
                             if (self->gone_) return;
                             if (error) return self->lost();
                             self->writing_.clear();
                             if (!self->queued_.empty()) return self->write_queued();
                             self->owner_.written(self->id_, 0);
                             if (self->finish_when_written_) self->end_output();
                           });
  // A write that the kernel takes at once is reported by its completion; until then it counts as
  // not sent.
  if (writing_.size() > buffer_.size()) owner_.written(id_, writing_.size());
}

void TcpConnection::finish() {
  if (gone_ || std::exchange(finish_when_written_, true)) return;
  if (writing_.empty()) end_output();
}

void TcpConnection::end_output() {
  error_code ignored;
  socket_.shutdown(boost::asio::ip::tcp::socket::shutdown_send, ignored);
  output_ended_ = true;
  if (closing_ && input_ended_) abandon();
}

void TcpConnection::close() {
  closing_ = true;
  finish();
}

void TcpConnection::cut() {
  if (gone_) return;
  closing_ = true;
  queued_.clear();
  finish_when_written_ = true;
  if (!output_ended_) end_output();
}

void TcpConnection::lost() {
  const bool report = !closing_;
  if (report) owner_.peer_reset(id_);
  abandon();
}

void TcpConnection::abandon() {
  if (std::exchange(gone_, true)) return;
  error_code ignored;
  socket_.close(ignored);
  owner_.forget(id_);
}

}  // namespace torpor::server
