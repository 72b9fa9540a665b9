// A server of one connection that says exactly what it is told and reports exactly what it sees:
// what an object's outgoing socket talks to. Sans-IO.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sim/raw_peer.h"

namespace torpor::sim {

struct Answer {
  int status = 101;  // 101: with the right Sec-WebSocket-Accept, unless it is overridden
  HeaderOverrides headers = {};
  std::string body = {};
};

class RawServer final : public RawPeer {
 public:
  RawServer(Chooser& chooser, std::uint64_t entity);
  ~RawServer() override;

  // A request is there and has not been answered.
  bool asked() const { return asked_; }
  // Octets to send. After a 101 what has been received already is frames: call received("").
  std::string answer(const Answer& answer);

 private:
  struct Parser;
  std::vector<Seen> read_http(std::string& buffer) override;
  Seen finish_request();

  std::unique_ptr<Parser> parser_;
  std::string key_;  // of the last request
  bool asked_ = false;
};

}  // namespace torpor::sim
