// The octets of a connection, read by the codec: what is read does not depend on how they were cut,
// a terminal event is the last one, and no message is larger than it may be.
#include <string>
#include <variant>
#include <vector>

#include "core/websocket/reader.h"
#include "tools/fuzz/input.h"

namespace torpor::fuzz {
namespace {

using websocket::Event;
using websocket::Reader;

void read_all(Reader& reader, std::vector<Event>& events) {
  while (auto event = reader.next()) events.push_back(std::move(*event));
}

Reader::Options options_from(Input& input) {
  Reader::Options options;
  options.role = input.flag() ? websocket::Role::kClient : websocket::Role::kServer;
  options.policy = input.flag() ? websocket::Policy::rfc6455() : websocket::Policy::workerd();
  options.message_bytes_max = input.octet() * 16u;
  const std::uint8_t deflate = input.octet();
  if (deflate % 2 == 1) {
    options.deflate =
        websocket::DeflateParameters{.client_no_context_takeover = (deflate & 2) != 0,
                                     .client_max_window_bits = 8 + (deflate >> 2) % 8};
  }
  return options;
}

bool ends_all(const Event& event) {
  return std::holds_alternative<websocket::CloseReceived>(event) ||
         std::holds_alternative<websocket::ProtocolError>(event);
}

std::size_t size_of(const Event& event) {
  if (const auto* text = std::get_if<websocket::TextMessage>(&event))
    return text->received().size();
  if (const auto* binary = std::get_if<websocket::BinaryMessage>(&event))
    return binary->payload.size();
  return 0;
}

}  // namespace

void run_one(Input input) {
  const Reader::Options options = options_from(input);
  const std::size_t piece = 1 + input.octet();
  Reader whole(options);
  std::vector<Event> events;
  whole.feed(input.rest());
  read_all(whole, events);

  Reader cut(options);
  std::vector<Event> cut_events;
  while (!input.empty()) {
    cut.feed(input.take(piece));
    read_all(cut, cut_events);
  }
  require(events == cut_events, "events do not depend on how the octets were cut");
  require(whole.finished() == cut.finished(), "both readers have finished, or neither");
  for (std::size_t i = 0; i < events.size(); ++i) {
    require(!ends_all(events[i]) || i + 1 == events.size(), "a terminal event is the last one");
    require(size_of(events[i]) <= options.message_bytes_max, "no message is larger than it may be");
  }
}

}  // namespace torpor::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  torpor::fuzz::run_one({data, size});
  return 0;
}
