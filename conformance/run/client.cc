#include "conformance/run/client.h"

#include <utility>

#include "core/trace/octets.h"
#include "core/websocket/close.h"

namespace torpor::run {
namespace {

using sim::Seen;

Json headers_json(const sim::HeaderList& headers) {
  Json list = Json::array();
  for (const auto& [name, value] : headers) list.push_back(Json::array({name, value}));
  return list;
}

Json response_json(const Seen& seen) {
  Json members = {{"status", seen.status}, {"headers", headers_json(seen.headers)}};
  if (seen.kind == Seen::Kind::kResponse) members["body"] = seen.body;
  members["octets"] = trace::octets_to_json(seen.octets);
  return members;
}

Json close_json(const Seen& seen) {
  const websocket::ClosePayload payload = websocket::decode_close(seen.octets);
  Json members = Json::object();
  if (payload.code) {
    members["code"] = *payload.code;
    members["reason"] = payload.reason;
  }
  members["octets"] = trace::octets_to_json(seen.octets);
  return members;
}

// What of a message is not its payload.
Json with_form(Json members, const Seen& seen) {
  members["compressed"] = seen.compressed;
  if (seen.frames > 1) members["frames"] = seen.frames;
  return members;
}

}  // namespace

Client::Client(sim::ClientTransport& transport, sim::Chooser& chooser, std::uint64_t entity,
               Record record)
    : transport_(transport), chooser_(chooser), entity_(entity), record_(std::move(record)) {}

Client::~Client() {
  if (listening_) transport_.stop_listening(listening_->id);
  give_up();
}

void Client::begin(std::optional<Time> at) {
  give_up();
  frames_ = 0;
  answered_ = requested_ = ended_ = plain_ = false;
  record_(at, "connect", Json::object());
}

void Client::connect(const sim::UpgradeRequest& request, const std::string& pipelined) {
  begin({});
  auto client = std::make_unique<sim::RawClient>(chooser_, entity_);
  send(client->request(request) + pipelined);
  raw_ = std::move(client);
  channel_ = transport_.connect(*this);
}

void Client::request(const sim::PlainRequest& request) {
  begin({});
  plain_ = true;
  auto client = std::make_unique<sim::RawClient>(chooser_, entity_);
  send(client->request(request));
  raw_ = std::move(client);
  channel_ = transport_.connect(*this);
}

std::string Client::listen(const std::string& name) {
  name_ = name;
  listening_ = transport_.listen(*this);
  return listening_->address;
}

sim::ChannelHandler& Client::on_accepted(sim::ChannelId id, Time now) {
  begin(now);
  auto server = std::make_unique<sim::RawServer>(chooser_, entity_);
  server_ = server.get();
  raw_ = std::move(server);
  channel_ = id;
  return *this;
}

void Client::act(const scenario::step::Answer& step) {
  send(server_->answer({.status = step.status, .headers = step.headers, .body = step.body}));
}

void Client::act(const scenario::step::Refuse&) {
  if (listening_) transport_.stop_listening(listening_->id);
}

void Client::send(std::string octets) {
  corked_ += octets;
}

void Client::flush() {
  if (corked_.empty() || !channel_) return;
  std::string octets = std::exchange(corked_, {});
  record_({}, "sent", {{"octets", trace::octets_to_json(octets)}});
  transport_.write(*channel_, std::move(octets));
}

void Client::act(const scenario::step::Send& step) {
  if (raw_) send(raw_->message(step.binary, step.payload.octets(), step.compress));
}

void Client::act(const scenario::step::Frame& step) {
  if (!raw_) return;
  websocket::FrameOptions options;
  options.fin = step.fin;
  options.rsv1 = step.rsv1;
  options.rsv2 = step.rsv2;
  options.rsv3 = step.rsv3;
  options.length_form = step.length;
  options.declared_size = step.declared;
  send(raw_->frame(step.opcode, step.payload.octets(), options, step.masked));
}

void Client::act(const scenario::step::Octets& step) {
  send(step.octets);
}

void Client::act(const scenario::step::Ping& step) {
  if (raw_) send(raw_->ping(step.payload));
}

void Client::act(const scenario::step::Pong& step) {
  if (raw_) send(raw_->pong(step.payload));
}

void Client::act(const scenario::step::Close& step) {
  if (raw_) send(raw_->close(step.payload));
}

void Client::act(const scenario::step::Finish&) {
  flush();
  if (!channel_) return;
  record_({}, "finish", Json::object());
  transport_.finish(*channel_);
}

void Client::act(const scenario::step::Reset&) {
  flush();
  if (!channel_) return;
  record_({}, "reset", Json::object());
  transport_.reset(*std::exchange(channel_, std::nullopt));
  ended_ = true;
}

void Client::act(const scenario::step::StopReading&) {
  if (channel_) transport_.stop_reading(*channel_);
}

void Client::act(const scenario::step::ResumeReading&) {
  if (channel_) transport_.resume_reading(*channel_);
}

void Client::give_up() {
  if (const auto channel = std::exchange(channel_, std::nullopt)) transport_.reset(*channel);
}

void Client::on_connected(sim::ChannelId, Time) {}

void Client::on_connect_failed(sim::ChannelId id, std::string_view reason, Time now) {
  if (channel_ != id) return;
  channel_.reset();
  ended_ = true;
  record_(now, "connectFailed", {{"reason", std::string(reason)}});
}

void Client::on_received(sim::ChannelId id, std::string_view octets, Time now) {
  if (channel_ == id) take(raw_->received(octets), now);
}

void Client::on_ended(sim::ChannelId id, sim::EndKind how, Time now) {
  if (channel_ != id) return;
  take(raw_->ended(), now);
  ended_ = true;
  if (plain_ && answered_) return;
  record_(now, "end", {{"how", how == sim::EndKind::kFin ? "fin" : "reset"}});
}

Json Client::request_json(const Seen& seen) const {
  sim::HeaderList headers = seen.headers;
  for (auto& [header, value] : headers) {
    if (listening_ && value == listening_->address) value = name_;
  }
  return {{"method", seen.method}, {"target", seen.target}, {"headers", headers_json(headers)}};
}

void Client::take(const std::vector<Seen>& seen, Time now) {
  for (const Seen& one : seen) record_seen(one, now);
}

void Client::record_seen(const Seen& seen, Time now) {
  Json members = Json::object();
  switch (seen.kind) {
    case Seen::Kind::kOpen:
      answered_ = true;
      return record_(now, "open", response_json(seen));
    case Seen::Kind::kResponse:
      answered_ = true;
      record_(now, "response", response_json(seen));
      if (plain_) give_up();
      return;
    case Seen::Kind::kRequest:
      requested_ = true;
      return record_(now, "request", request_json(seen));
    case Seen::Kind::kMalformed:
      return record_(now, "malformed",
                     {{"octets", trace::octets_to_json(seen.octets)}, {"reason", seen.reason}});
    default:
      break;
  }
  ++frames_;
  switch (seen.kind) {
    case Seen::Kind::kText:
      trace::set_text(members, seen.octets);
      return record_(now, "text", with_form(std::move(members), seen));
    case Seen::Kind::kBinary:
      return record_(now, "binary",
                     with_form({{"octets", trace::octets_to_json(seen.octets)}}, seen));
    case Seen::Kind::kClose:
      return record_(now, "close", close_json(seen));
    default:
      return record_(now, seen.kind == Seen::Kind::kPing ? "ping" : "pong",
                     {{"octets", trace::octets_to_json(seen.octets)}});
  }
}

}  // namespace torpor::run
