#include "reference-server/wire_socket.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "core/mutants.h"
#include "core/websocket/policy.h"

namespace torpor::server {

using mutants::Mutant;
using mutants::planted;

namespace {

using object::Dropped;

std::unique_ptr<websocket::Reader> make_reader(
    websocket::Role role, const compat::Parameters& parameters,
    const std::optional<websocket::DeflateParameters>& deflate) {
  websocket::Reader::Options reading;
  reading.role = role;
  reading.message_bytes_max = static_cast<std::uint64_t>(parameters.message_bytes_max);
  reading.policy =
      parameters.strict_protocol ? websocket::Policy::rfc6455() : websocket::Policy::workerd();
  reading.deflate = deflate;
  if (planted(Mutant::kInputContextLost) && reading.deflate)
    reading.deflate->client_no_context_takeover = true;
  if (planted(Mutant::kInputWindowTooSmall) && reading.deflate)
    reading.deflate->client_max_window_bits = websocket::kWindowBitsMin + 1;
  return std::make_unique<websocket::Reader>(reading);
}

websocket::Writer::Options writing(const WireSocket::Options& options) {
  websocket::Writer::Options writing{.role = options.role, .deflate = options.deflate};
  if (planted(Mutant::kOutputContextKept) && writing.deflate)
    writing.deflate->server_no_context_takeover = false;
  if (planted(Mutant::kOutputWindowTooLarge) && writing.deflate)
    writing.deflate->server_max_window_bits = websocket::kWindowBitsMax;
  return writing;
}

}  // namespace

WireSocket::WireSocket(Wire& wire, std::shared_ptr<object::SocketEnd> end, const Options& options)
    : wire_(wire),
      end_(std::move(end)),
      parameters_(options.parameters),
      role_(options.role),
      writer_(writing(options)),
      deflate_(options.deflate) {}

WireSocket::~WireSocket() {
  if (end_ && end_->link() == this) end_->link_lost();
}

websocket::Writer::MaskKey WireSocket::mask() {
  if (planted(Mutant::kOutgoingUnmasked)) return std::nullopt;
  if (role_ == websocket::Role::kServer && !planted(Mutant::kServerMasks)) return std::nullopt;
  return wire_.mask_key();
}

void WireSocket::feed(std::string_view octets) {
  if (octets.empty() || mute_) return;
  if (!reader_) reader_ = make_reader(role_, parameters_, deflate_);
  reader_->feed(octets);
}

void WireSocket::received(std::string_view octets) {
  feed(octets);
  pump();
  if (planted(Mutant::kPartialMessageHolds)) written((reader_ && reader_->mid_message()) ? 1 : 0);
}

// A reader in which nothing is left goes, unless the next message needs what it remembers.
std::optional<websocket::Event> WireSocket::next_event() {
  if (const auto next = std::exchange(next_, nullptr)) return std::move(*next);
  if (!reader_) return std::nullopt;
  auto event = reader_->next();
  if (!event && !deflate_ && reader_->idle()) reader_.reset();
  return event;
}

void WireSocket::peer_finished() {
  peer_finished_ = !planted(Mutant::kFinUnheard);
  pump();
}

void WireSocket::peer_reset() {
  reset_ = true;
  if (unsent_ > 0 && end_ && end_->link() == this) end_->write_failed();
  written(0);  // what has not left never will: it holds the object no longer
  pump();
}

void WireSocket::written(std::size_t unsent) {
  unsent_ = reset_ ? 0 : unsent;
  if (end_ && end_->link() == this) end_->unsent_changed();
}

// PING-09, FRAME-10: behind an event that has just been handled control frames are seen to before
// what its handler sent leaves.
void WireSocket::look_ahead() {
  if (!parameters_.control_frames_overtake || planted(Mutant::kRepliesGoFirst)) return;
  while (!next_ && end_ && end_->link() == this && end_->wants_input()) {
    auto event = next_event();
    if (!event) break;
    if (std::holds_alternative<websocket::Ping>(*event) ||
        std::holds_alternative<websocket::Pong>(*event) ||
        std::holds_alternative<websocket::ProtocolError>(*event)) {
      handle(std::move(*event));
    } else {
      next_ = std::make_unique<websocket::Event>(std::move(*event));
    }
  }
  flush_pong();
}

void WireSocket::pump() {
  if (mute_) {
    if (reset_) wire_.lost();
    return;
  }
  if (pumping_) return look_ahead();
  pumping_ = true;
  pong_in_burst_ = false;
  while (end_ && end_->link() == this && end_->wants_input()) {
    auto event = next_event();
    if (!event) {
      flush_pong();
      if (!reset_ && !peer_finished_) break;
      deliver(Dropped{.reset = reset_ && !planted(Mutant::kResetTakenForFin)});
      break;
    }
    if (!handle(std::move(*event))) break;
  }
  flush_pong();
  pumping_ = false;
  if (reset_) wire_.lost();
}

// False once nothing more is to be read.
bool WireSocket::handle(websocket::Event event) {
  if (auto* ping = std::get_if<websocket::Ping>(&event)) {
    end_->pinged();
    handle_ping(std::move(ping->payload));
    return true;
  }
  if (auto* pong = std::get_if<websocket::Pong>(&event)) {
    if (!planted(Mutant::kPongDelivered)) return true;
    deliver(object::Message{object::MessageType::kBinary, std::move(pong->payload), std::nullopt});
    return true;
  }
  flush_pong();
  if (auto* text = std::get_if<websocket::TextMessage>(&event)) {
    const auto type = planted(Mutant::kTextTakenForBinary) ? object::MessageType::kBinary
                                                           : object::MessageType::kText;
    deliver(object::Message{type, std::move(text->payload), std::move(text->raw)});
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
  if (unsent_ > 0 && parameters_.fault_behind_unsent_is_lost &&
      !planted(Mutant::kFaultBehindUnsentTold)) {
    mute_ = true;
    reader_.reset();
    return false;
  }
  auto& failure = std::get<websocket::ProtocolError>(event);
  // FRAME-08: the Close that names the error, unless ours is out already.
  if (!close_sent_ && !planted(Mutant::kProtocolErrorUntold)) {
    close_sent_ = failed_ = true;
    wire_.write(writer_.close({failure.status_code, failure.description}, mask()));
  }
  deliver(object::ProtocolFailure{failure.status_code, std::move(failure.description)});
  return false;
}

// PING-03: the first pong of a burst leaves at once; those behind it wait for it, and each replaces
// the one waiting.
void WireSocket::handle_ping(std::string payload) {
  // RFC 6455 5.5.2 excuses only who has received a Close; workerd answers no more (PING-07).
  const bool strict = parameters_.strict_protocol && !planted(Mutant::kPingIgnoredWhileClosing);
  if (close_sent_ && !strict && !planted(Mutant::kPingAnsweredWhileClosing)) return;
  if (planted(Mutant::kPingUnanswered)) return;
  if (planted(Mutant::kPongEmpty)) payload.clear();
  if (parameters_.pongs_coalesce && pong_in_burst_) {
    pending_pong_ = std::move(payload);
    return;
  }
  if (planted(Mutant::kPongWaitsForMessage) && (reader_ && reader_->mid_message())) {
    pending_pong_ = std::move(payload);
    return;
  }
  pong_in_burst_ = true;
  pong_went_ = true;
  wire_.write(writer_.pong(payload, mask()));
}

void WireSocket::flush_pong() {
  if (planted(Mutant::kPongWaitsForMessage) && (reader_ && reader_->mid_message())) return;
  pong_in_burst_ = false;
  const auto pong = std::exchange(pending_pong_, std::nullopt);
  if (pong && !close_sent_ && !planted(Mutant::kLastPongLost))
    wire_.write(writer_.pong(*pong, mask()));
}

void WireSocket::deliver(object::Incoming incoming) {
  // Keeps the end alive: taking its last event may make this connection forget it.
  const auto end = end_;
  end->take(std::move(incoming));
}

void WireSocket::send(object::Outgoing item) {
  if (mute_) {
    unsent_ = std::max<std::size_t>(unsent_, 1);
    return;
  }
  // FRAME-10: what a fault's Close has overtaken still leaves.
  const bool overtaken = failed_ && parameters_.control_frames_overtake;
  if (auto* message = std::get_if<object::OutgoingMessage>(&item)) {
    if (close_sent_ && !overtaken && !planted(Mutant::kMessageAfterCloseSent)) return;
    const bool text =
        message->type == object::MessageType::kText || planted(Mutant::kBinarySentAsText);
    pong_went_ = false;
    wire_.write(text ? writer_.text(message->data, mask()) : writer_.binary(message->data, mask()));
    return;
  }
  if (std::exchange(close_sent_, true) && !overtaken && !planted(Mutant::kSecondCloseSent)) return;
  wire_.write(writer_.close_raw(std::get<object::OutgoingClose>(item).payload, mask()));
}

object::Bed* WireSocket::bed() {
  const bool rests = !reader_ && !next_ && !mute_ && !deflate_ && !pending_pong_ && unsent_ == 0 &&
                     !pumping_ && !close_sent_ && !peer_finished_ && !reset_;
  return rests ? wire_.bed() : nullptr;
}

void WireSocket::end() {
  end_.reset();
  wire_.close();
}

void WireSocket::cut() {
  end_.reset();
  wire_.cut();
}

}  // namespace torpor::server
