#include "conformance/run/http_call.h"

#include <utility>

namespace torpor::run {
namespace {

constexpr std::uint64_t kControlEntity = 0;

}  // namespace

HttpCall::HttpCall(sim::ClientTransport& transport, sim::Chooser& chooser,
                   sim::PlainRequest request, Done done)
    : transport_(transport),
      client_(chooser, kControlEntity),
      done_(std::move(done)),
      channel_(transport.connect_to_control(*this)) {
  transport_.write(channel_, client_.request(request));
}

HttpCall::~HttpCall() {
  if (!finished_) transport_.reset(channel_);
}

void HttpCall::on_connected(sim::ChannelId, Time) {
  connected_ = true;
}

void HttpCall::on_connect_failed(sim::ChannelId, std::string_view reason, Time) {
  finish({.problem = std::string(reason)});
}

void HttpCall::on_received(sim::ChannelId, std::string_view octets, Time) {
  take(client_.received(octets));
}

void HttpCall::on_ended(sim::ChannelId, sim::EndKind how, Time) {
  take(client_.ended());
  finish({.problem = how == sim::EndKind::kFin ? "the connection ended before an answer came"
                                               : "the connection was reset before an answer came"});
}

void HttpCall::take(const std::vector<sim::Seen>& seen) {
  if (seen.empty()) return;
  const sim::Seen& first = seen.front();
  if (first.kind == sim::Seen::Kind::kResponse)
    return finish({.status = first.status, .body = first.body});
  finish({.problem = "the answer is not HTTP"});
}

void HttpCall::give_up(const std::string& problem) {
  finish({.problem = problem});
}

void HttpCall::finish(HttpAnswer answer) {
  if (std::exchange(finished_, true)) return;
  answer.connected = connected_;
  transport_.reset(channel_);
  done_(std::move(answer));
}

}  // namespace torpor::run
