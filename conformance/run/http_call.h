// One HTTP call to the target on a connection of its own: the control calls of the fixture
// contract.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "sim/client_transport.h"
#include "sim/raw_client.h"

namespace torpor::run {

struct HttpAnswer {
  int status = 0;  // 0: none came
  std::string body = {};
  std::string problem = {};  // why none came
  bool connected = false;
};

class HttpCall final : public sim::ChannelHandler {
 public:
  using Done = std::function<void(HttpAnswer)>;

  HttpCall(sim::ClientTransport& transport, sim::Chooser& chooser, sim::PlainRequest request,
           Done done);
  ~HttpCall() override;
  HttpCall(const HttpCall&) = delete;
  HttpCall& operator=(const HttpCall&) = delete;

  // Ends the call without an answer.
  void give_up(const std::string& problem);
  bool finished() const { return finished_; }

  void on_connected(sim::ChannelId id, Time now) override;
  void on_connect_failed(sim::ChannelId id, std::string_view reason, Time now) override;
  void on_received(sim::ChannelId id, std::string_view octets, Time now) override;
  void on_ended(sim::ChannelId id, sim::EndKind how, Time now) override;

 private:
  void take(const std::vector<sim::Seen>& seen);
  void finish(HttpAnswer answer);

  sim::ClientTransport& transport_;
  sim::RawClient client_;
  Done done_;
  sim::ChannelId channel_;
  bool connected_ = false;
  bool finished_ = false;
};

}  // namespace torpor::run
