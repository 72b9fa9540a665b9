// A client that says exactly what it is told and reports exactly what it sees: HTTP and WebSocket
// octets, well-formed or not. Sans-IO: whoever drives it moves the octets.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/raw_peer.h"

namespace torpor::sim {

struct UpgradeRequest {
  std::string target;
  std::string method = "GET";
  std::string http = "1.1";
  HeaderOverrides headers = {};
  std::vector<std::string> subprotocols = {};
  std::optional<std::string> extensions = std::nullopt;
};

struct PlainRequest {
  std::string target;
  std::string method = "GET";
  HeaderOverrides headers = {};
  std::string body = {};
};

class RawClient final : public RawPeer {
 public:
  RawClient(Chooser& chooser, std::uint64_t entity);
  ~RawClient() override;

  // Octets to send. One request at a time.
  std::string request(const UpgradeRequest& upgrade);
  std::string request(const PlainRequest& plain);

  std::vector<Seen> ended() override;

 private:
  struct Parser;
  std::vector<Seen> read_http(std::string& buffer) override;
  Seen finish_response();

  std::unique_ptr<Parser> parser_;
  std::string head_octets_;
  bool head_request_ = false;
};

}  // namespace torpor::sim
