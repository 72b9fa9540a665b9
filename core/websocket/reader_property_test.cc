// What holds for every policy and every sequence of octets.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/websocket/close.h"
#include "core/websocket/reader.h"
#include "core/websocket/testing.h"
#include "core/websocket/utf8.h"
#include "core/websocket/writer.h"

namespace torpor::websocket {
namespace {

rc::Gen<Reader::Options> any_options() {
  return rc::gen::exec([] {
    Reader::Options options{.role = *rc::gen::element(Role::kServer, Role::kClient),
                            .message_bytes_max = *rc::gen::inRange<std::uint64_t>(0, 400),
                            .policy = *rc::gen::element(Policy::rfc6455(), Policy::workerd())};
    if (*rc::gen::arbitrary<bool>()) {
      options.deflate = DeflateParameters{.client_no_context_takeover = *rc::gen::arbitrary<bool>(),
                                          .client_max_window_bits = *rc::gen::inRange(8, 16)};
    }
    return options;
  });
}

// Frames of every kind, legal or not, with now and then some plain noise.
rc::Gen<Bytes> any_octets() {
  return rc::gen::exec([] {
    Bytes wire;
    for (int count = *rc::gen::inRange(0, 8); count > 0; --count) {
      if (*rc::gen::inRange(0, 10) == 0) wire += *rc::gen::arbitrary<std::string>();
      FrameOptions options{.fin = *rc::gen::inRange(0, 3) != 0,
                           .rsv1 = *rc::gen::inRange(0, 4) == 0,
                           .rsv2 = *rc::gen::inRange(0, 40) == 0};
      if (*rc::gen::inRange(0, 4) != 0) options.mask_key = *rc::gen::arbitrary<std::uint32_t>();
      options.length_form = *rc::gen::weightedElement<LengthForm>(
          {{8, LengthForm::kMinimal}, {1, LengthForm::k16}, {1, LengthForm::k64}});
      const auto opcode = *rc::gen::weightedElement<std::uint8_t>(
          {{4, 0}, {4, 1}, {3, 2}, {1, 8}, {2, 9}, {1, 10}, {1, 3}, {1, 11}});
      append_frame(wire, opcode, *rc::gen::arbitrary<std::string>(), options);
    }
    return wire;
  });
}

std::vector<Event> read_in_pieces(const Reader::Options& options, std::string_view wire) {
  Reader reader(options);
  std::vector<Event> events;
  while (!wire.empty()) {
    const auto size = *rc::gen::inRange<std::size_t>(1, wire.size() + 1);
    for (Event& event : testing::read_events(reader, wire.substr(0, size))) {
      events.push_back(std::move(event));
    }
    wire.remove_prefix(size);
  }
  return events;
}

RC_GTEST_PROP(ReaderProperty, EventsDoNotDependOnPieces, ()) {
  const auto options = *any_options();
  const Bytes wire = *any_octets();
  Reader whole(options);
  RC_ASSERT(read_in_pieces(options, wire) == testing::read_events(whole, wire));
  Reader octet_by_octet(options);
  std::vector<Event> events;
  for (const char octet : wire) {
    for (Event& event : testing::read_events(octet_by_octet, std::string_view(&octet, 1))) {
      events.push_back(std::move(event));
    }
  }
  Reader again(options);
  RC_ASSERT(events == testing::read_events(again, wire));
}

RC_GTEST_PROP(ReaderProperty, NothingFollowsATerminalEventAndLimitsHold, ()) {
  const auto options = *any_options();
  Reader reader(options);
  const auto events = testing::read_events(reader, *any_octets());
  for (std::size_t i = 0; i < events.size(); ++i) {
    RC_ASSERT(!is_terminal(events[i]) || i + 1 == events.size());
    if (const auto* text = std::get_if<TextMessage>(&events[i])) {
      RC_ASSERT(is_utf8(text->payload));
      RC_ASSERT(text->received().size() <= options.message_bytes_max);
      if (text->raw) RC_ASSERT(replace_invalid(*text->raw) == text->payload);
    }
    if (const auto* binary = std::get_if<BinaryMessage>(&events[i])) {
      RC_ASSERT(binary->payload.size() <= options.message_bytes_max);
    }
  }
  RC_ASSERT(reader.finished() == (!events.empty() && is_terminal(events.back())));
}

// What one end writes is what the other end reads, compressed or not, in any pieces, under both
// policies.
RC_GTEST_PROP(ReaderProperty, RoundTrip, ()) {
  const Role sender = *rc::gen::element(Role::kServer, Role::kClient);
  std::optional<DeflateParameters> deflate;
  if (*rc::gen::arbitrary<bool>()) {
    deflate = DeflateParameters{.server_no_context_takeover = *rc::gen::arbitrary<bool>(),
                                .client_no_context_takeover = *rc::gen::arbitrary<bool>(),
                                .server_max_window_bits = *rc::gen::inRange(8, 16),
                                .client_max_window_bits = *rc::gen::inRange(8, 16)};
  }
  Writer writer({.role = sender, .deflate = deflate});
  Bytes wire;
  std::vector<Event> sent;
  for (int count = *rc::gen::inRange(0, 6); count > 0; --count) {
    Writer::MaskKey key;
    if (sender == Role::kClient) key = *rc::gen::arbitrary<std::uint32_t>();
    const auto word = *rc::gen::container<std::string>(rc::gen::inRange('a', 'e'));
    std::string payload;
    for (int times = *rc::gen::element(1, 1, 1, 30); times > 0; --times) payload += word;
    const std::string control = payload.substr(0, 125);
    switch (*rc::gen::inRange(0, 5)) {
      case 0:
        wire += writer.text(payload, key);
        sent.push_back(TextMessage{payload});
        break;
      case 1:
        wire += writer.binary(payload, key);
        sent.push_back(BinaryMessage{payload});
        break;
      case 2:
        wire += writer.ping(control, key);
        sent.push_back(Ping{control});
        break;
      case 3:
        wire += writer.pong(control, key);
        sent.push_back(Pong{control});
        break;
      default:
        break;
    }
  }
  const ClosePayload close{1000, "end"};
  wire += writer.close(close, sender == Role::kClient ? Writer::MaskKey(7) : std::nullopt);
  sent.push_back(CloseReceived{encode_close(close), 1000, "end"});
  const auto policy = *rc::gen::element(Policy::rfc6455(), Policy::workerd());
  RC_ASSERT(read_in_pieces({.role = other(sender), .policy = policy, .deflate = deflate}, wire) ==
            sent);
}

// Cutting a message into fragments, pings in between, changes nothing but the pings.
RC_GTEST_PROP(ReaderProperty, FragmentsMakeTheSameMessage, (const std::string& text)) {
  const bool compressed = *rc::gen::arbitrary<bool>();
  const Bytes payload = compressed ? Deflater({}, Role::kClient).compress(text) : text;
  Bytes wire;
  std::size_t position = 0;
  bool first = true;
  std::size_t pings = 0;
  for (bool last = false; !last; first = false) {
    const auto size = *rc::gen::inRange<std::size_t>(0, payload.size() - position + 1);
    last = *rc::gen::arbitrary<bool>();
    const auto piece = payload.substr(position, last ? payload.size() : size);
    wire += testing::client(first ? Opcode::kBinary : Opcode::kContinuation, piece,
                            {.fin = last, .rsv1 = first && compressed});
    position += piece.size();
    if (!last && *rc::gen::arbitrary<bool>()) {
      wire += testing::client(Opcode::kPing, "");
      ++pings;
    }
  }
  Reader reader({.policy = Policy::rfc6455(), .deflate = DeflateParameters()});
  const auto events = testing::read_events(reader, wire);
  RC_ASSERT(events.size() == pings + 1);
  RC_ASSERT(events.back() == Event(BinaryMessage{text}));
  RC_ASSERT(!reader.mid_message());
}

}  // namespace
}  // namespace torpor::websocket
