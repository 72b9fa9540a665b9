// One end of a WebSocket that says exactly what it is told and reports exactly what it sees:
// octets, well-formed or not. What comes before the WebSocket is the business of RawClient and
// RawServer. Sans-IO: whoever drives it moves the octets.
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
#include "core/websocket/role.h"
#include "sim/chooser.h"

namespace torpor::sim {

using HeaderList = std::vector<std::pair<std::string, std::string>>;
// A header to put in place of the default of that name; without a value: to leave it out.
using HeaderOverrides = std::vector<std::pair<std::string, std::optional<std::string>>>;

struct Seen {
  enum class Kind { kOpen, kResponse, kText, kBinary, kPing, kPong, kClose, kMalformed, kRequest };
  Kind kind;
  // The head of a response or request, the payload of a frame (decompressed), what is malformed.
  std::string octets = {};
  int status = 0;
  HeaderList headers = {};
  std::string body = {};
  bool compressed = false;
  std::size_t frames = 1;   // that a message came in
  std::string reason = {};  // of what is malformed
  std::string method = {};  // of a request
  std::string target = {};
};

class RawPeer {
 public:
  // `entity` names this peer among the choosers' streams.
  RawPeer(Chooser& chooser, std::uint64_t entity, websocket::Role role)
      : chooser_(chooser), entity_(entity), role_(role) {}
  virtual ~RawPeer();
  RawPeer(const RawPeer&) = delete;
  RawPeer& operator=(const RawPeer&) = delete;

  // Octets to send. A client's are masked, a server's are not, unless `masked` says otherwise.
  std::string message(bool binary, std::string_view payload, bool compress);
  std::string frame(std::uint8_t opcode, std::string_view payload, websocket::FrameOptions options,
                    std::optional<bool> masked = std::nullopt);
  std::string ping(std::string_view payload);
  std::string pong(std::string_view payload);
  std::string close(std::string_view payload);

  std::vector<Seen> received(std::string_view octets);
  // The other side ended its direction.
  virtual std::vector<Seen> ended() { return {}; }

  bool open() const { return open_; }

 protected:
  // Takes what comes before the WebSocket off the buffer, as far as it is there; calls start()
  // where the WebSocket begins.
  virtual std::vector<Seen> read_http(std::string& buffer) = 0;
  void start(std::optional<websocket::DeflateParameters> deflate);
  Chooser& chooser() { return chooser_; }
  std::uint64_t entity() const { return entity_; }

 private:
  std::uint32_t mask_key();
  std::optional<Seen> take_frame(websocket::Frame frame);
  std::optional<Seen> end_message();

  Chooser& chooser_;
  std::uint64_t entity_;
  websocket::Role role_;
  bool open_ = false;
  std::uint8_t message_opcode_ = 0;
  bool message_compressed_ = false;
  std::size_t message_frames_ = 0;
  bool mid_message_ = false;
  std::unique_ptr<websocket::FrameReader> frames_;  // while there is something in it
  std::string message_;
  std::string buffer_;  // before the WebSocket
  std::optional<websocket::DeflateParameters> deflate_;
  std::unique_ptr<websocket::Deflater> deflater_;
  std::unique_ptr<websocket::Inflater> inflater_;
};

inline constexpr std::uint32_t kHeadOctetsMax = 1u << 20;

// Names without regard to case.
bool same_name(std::string_view a, std::string_view b);
// The head of a request or response: its first line, the defaults that are not overridden, the
// overrides.
std::string make_head(std::string line, const HeaderList& defaults,
                      const HeaderOverrides& overrides);

}  // namespace torpor::sim
