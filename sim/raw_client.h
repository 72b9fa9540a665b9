// A client that says exactly what it is told and reports exactly what it sees: HTTP and WebSocket
// octets, well-formed or not. Sans-IO: whoever drives it moves the octets.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/websocket/deflate.h"
#include "core/websocket/frame.h"
#include "core/websocket/frame_reader.h"
#include "sim/chooser.h"

namespace torpor::sim {

using HeaderList = std::vector<std::pair<std::string, std::string>>;
// A header to put in place of the default of that name; without a value: to leave it out.
using HeaderOverrides = std::vector<std::pair<std::string, std::optional<std::string>>>;

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

struct Seen {
  enum class Kind { kOpen, kResponse, kText, kBinary, kPing, kPong, kClose, kMalformed };
  Kind kind;
  // The head of a response, the payload of a frame (decompressed), what is malformed.
  std::string octets = {};
  int status = 0;
  HeaderList headers = {};
  std::string body = {};
  bool compressed = false;
  std::string reason = {};  // of what is malformed
};

class RawClient {
 public:
  // `entity` names this client among the choosers' streams.
  RawClient(Chooser& chooser, std::uint64_t entity);
  ~RawClient();

  // Octets to send. One request at a time.
  std::string request(const UpgradeRequest& upgrade);
  std::string request(const PlainRequest& plain);
  std::string message(bool binary, std::string_view payload, bool compress);
  std::string frame(std::uint8_t opcode, std::string_view payload, websocket::FrameOptions options,
                    bool masked);
  std::string ping(std::string_view payload);
  std::string pong(std::string_view payload);
  std::string close(std::string_view payload);

  std::vector<Seen> received(std::string_view octets);
  // The server ended its direction.
  std::vector<Seen> ended();

  bool open() const { return open_; }

 private:
  struct Parser;
  std::string head(std::string line, const HeaderList& defaults, const HeaderOverrides& overrides);
  std::uint32_t mask_key();
  std::vector<Seen> parse_response();
  Seen finish_response();
  void parse_frames(std::vector<Seen>& seen);
  std::optional<Seen> take_frame(websocket::Frame frame);
  std::optional<Seen> end_message();

  Chooser& chooser_;
  std::uint64_t entity_;
  std::unique_ptr<Parser> parser_;
  std::string buffer_;
  std::string head_octets_;
  bool head_request_ = false;
  bool open_ = false;
  websocket::FrameReader frames_;
  std::optional<websocket::DeflateParameters> deflate_;
  std::unique_ptr<websocket::Deflater> deflater_;
  std::unique_ptr<websocket::Inflater> inflater_;
  std::uint8_t message_opcode_ = 0;
  bool message_compressed_ = false;
  bool mid_message_ = false;
  std::string message_;
};

}  // namespace torpor::sim
