#include "conformance/judge/end_axis.h"

#include <algorithm>
#include <optional>
#include <set>

#include "conformance/judge/item_match.h"
#include "core/trace/octets.h"
#include "core/websocket/close.h"
#include "core/websocket/frame_reader.h"

namespace torpor::judge {

namespace {

constexpr std::uint8_t kCloseOpcode = 8;

// Finds the client's first Close frame in what it wrote.
class SentFrames {
 public:
  // True when the Close frame is complete with these octets.
  bool feed(std::string_view octets) {
    if (!past_head_) {
      head_.append(octets);
      const auto end = head_.find("\r\n\r\n");
      if (end == std::string::npos) return false;
      past_head_ = true;
      reader_.feed(std::string_view(head_).substr(end + 4));
    } else {
      reader_.feed(octets);
    }
    while (auto frame = reader_.next()) {
      if (frame->header.opcode != kCloseOpcode || close_) continue;
      close_ = websocket::decode_close(frame->payload);
      return true;
    }
    return false;
  }

  const std::optional<websocket::ClosePayload>& close() const { return close_; }

 private:
  std::string head_;
  bool past_head_ = false;
  websocket::FrameReader reader_;
  std::optional<websocket::ClosePayload> close_;
};

// One connection of a client, event by event.
class Connection {
 public:
  void take(const trace::Event& event) {
    if (event.kind == "open") {
      is_open_ = true;
    } else if (event.kind == "sent") {
      const auto octets = trace::payload_of(event.members);
      if (octets && sent_.feed(*octets)) client_was_first_ = !server_close_;
    } else if (event.kind == "close") {
      if (!server_close_) server_close_ = websocket::decode_close(close_payload(event.members));
    } else if (event.kind == "finish") {
      if (!server_finished_) client_finished_first_ = true;
    } else if (event.kind == "reset") {
      is_reset_ = true;
    } else if (event.kind == "end") {
      (trace::text_member(event.members, "how") == "reset" ? is_reset_ : server_finished_) = true;
    }
  }

  End end() const {
    if (!is_open_) return End::kNone;
    if (is_reset_) return End::kReset;
    const bool client_closed = sent_.close().has_value();
    if (client_closed != server_close_.has_value()) return End::kUnanswered;
    if (!client_closed)
      return server_finished_ || client_finished_first_ ? End::kWrongSide : End::kOpen;
    if (client_was_first_ && sent_.close()->code != server_close_->code) return End::kWrongCode;
    if (client_finished_first_) return End::kWrongSide;
    return server_finished_ ? End::kClean : End::kOpen;
  }

 private:
  bool is_open_ = false;
  bool is_reset_ = false;
  bool client_was_first_ = false;
  bool client_finished_first_ = false;
  bool server_finished_ = false;
  SentFrames sent_;
  std::optional<websocket::ClosePayload> server_close_;
};

}  // namespace

End end_of_client(const trace::Trace& trace, const std::string& client) {
  const std::string actor = "client:" + client;
  End worst = End::kNone;
  Connection connection;
  for (const trace::Event& event : trace.events) {
    if (event.actor != actor) continue;
    if (event.kind == "connect") {
      worst = std::max(worst, connection.end());
      connection = Connection();
    }
    connection.take(event);
  }
  return std::max(worst, connection.end());
}

End end_of(const trace::Trace& trace) {
  constexpr std::string_view kPrefix = "client:";
  std::set<std::string> clients;
  for (const trace::Event& event : trace.events) {
    if (event.actor.rfind(kPrefix, 0) == 0) clients.insert(event.actor.substr(kPrefix.size()));
  }
  End worst = End::kNone;
  for (const std::string& client : clients) worst = std::max(worst, end_of_client(trace, client));
  return worst;
}

}  // namespace torpor::judge
