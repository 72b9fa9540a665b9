// One client of a case: its connection, what it sent and saw, as trace events.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "conformance/scenario/step.h"
#include "core/json.h"
#include "sim/client_transport.h"
#include "sim/raw_client.h"
#include "sim/raw_server.h"

namespace torpor::run {

class Client final : public sim::ChannelHandler, public sim::AcceptHandler {
 public:
  // `at`: when it was seen; nothing for what the client does itself, now.
  using Record = std::function<void(std::optional<Time> at, const std::string& kind, Json members)>;

  Client(sim::ClientTransport& transport, sim::Chooser& chooser, std::uint64_t entity,
         Record record);
  ~Client() override;
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // The last request, and with it everything seen so far, is forgotten when a client connects
  // again.
  void connect(const sim::UpgradeRequest& request, const std::string& pipelined);
  void request(const sim::PlainRequest& request);
  // Becomes a remote: takes the object's connections, one at a time, a new one in the place of the
  // last. The address is what the object has to be told.
  std::string listen(const std::string& name);

  void act(const scenario::step::Send& step);
  void act(const scenario::step::Frame& step);
  void act(const scenario::step::Octets& step);
  void act(const scenario::step::Ping& step);
  void act(const scenario::step::Pong& step);
  void act(const scenario::step::Close& step);
  void act(const scenario::step::Finish& step);
  void act(const scenario::step::Reset& step);
  void act(const scenario::step::StopReading& step);
  void act(const scenario::step::ResumeReading& step);

  // Of a remote. REQUIRES: asked().
  void act(const scenario::step::Answer& step);
  void act(const scenario::step::Refuse& step);
  // The object's request has come, and is unanswered.
  bool asked() const { return server_ != nullptr && server_->asked(); }
  // A request has come on the present connection, or that has ended.
  bool requested() const { return requested_ || ended_; }

  // Octets are kept until flush(): several steps leave in one write.
  void flush();

  std::size_t frames() const { return frames_; }
  bool answered() const { return answered_ || ended_; }
  bool ended() const { return ended_; }
  // Ends a connection that still stands, without a trace of it.
  void give_up();

  void on_connected(sim::ChannelId id, Time now) override;
  void on_connect_failed(sim::ChannelId id, std::string_view reason, Time now) override;
  void on_received(sim::ChannelId id, std::string_view octets, Time now) override;
  void on_ended(sim::ChannelId id, sim::EndKind how, Time now) override;
  sim::ChannelHandler& on_accepted(sim::ChannelId id, Time now) override;

 private:
  void begin(std::optional<Time> at);
  void send(std::string octets);
  void take(const std::vector<sim::Seen>& seen, Time now);
  Json request_json(const sim::Seen& seen) const;
  void record_seen(const sim::Seen& seen, Time now);

  sim::ClientTransport& transport_;
  sim::Chooser& chooser_;
  std::uint64_t entity_;
  Record record_;
  std::unique_ptr<sim::RawPeer> raw_;  // a RawClient, or a remote's RawServer
  sim::RawServer* server_ = nullptr;
  std::optional<sim::Listening> listening_;
  std::string name_;  // of a remote: stands for its address, which no two runs share
  std::optional<sim::ChannelId> channel_;
  std::string corked_;
  std::size_t frames_ = 0;
  bool answered_ = false;
  bool requested_ = false;
  bool ended_ = false;
  bool plain_ = false;  // an ordinary request: its connection is given up after the response
};

}  // namespace torpor::run
