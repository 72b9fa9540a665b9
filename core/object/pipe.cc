#include "core/object/pipe.h"

#include <utility>

#include "core/mutants.h"
#include "core/object/socket_end.h"
#include "core/websocket/close.h"
#include "core/websocket/utf8.h"

namespace torpor::object {

using mutants::Mutant;
using mutants::planted;

namespace {

Incoming received(OutgoingMessage message) {
  if (message.type == MessageType::kBinary || websocket::is_utf8(message.data))
    return Message{message.type, std::move(message.data), std::nullopt};
  return Message{message.type, websocket::replace_invalid(message.data), message.data};
}

Incoming received(OutgoingClose close) {
  websocket::ClosePayload payload = websocket::decode_close(close.payload);
  return CloseFrame{payload.code, websocket::replace_invalid(payload.reason),
                    std::move(close.payload)};
}

}  // namespace

void PipeLink::send(Outgoing item) {
  other_.arrive(std::visit([](auto& sent) { return received(std::move(sent)); }, item));
}

bool PipeLink::tells_of_loss(bool /*message_came*/) const {
  return own_.object() != other_.own_.object();
}

void PipeLink::end() {
  if (!planted(Mutant::kPairDropUnheard)) other_.arrive(Dropped{});
}

void PipeLink::arrive(Incoming incoming) {
  arrived_.insert(planted(Mutant::kPairReordered) ? arrived_.begin() : arrived_.end(),
                  std::move(incoming));
  pump();
}

void PipeLink::pump() {
  while (own_.link() == this && own_.wants_input() && !arrived_.empty()) {
    Incoming next = std::move(arrived_.front());
    arrived_.pop_front();
    own_.take(std::move(next));
  }
}

}  // namespace torpor::object
