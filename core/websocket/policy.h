// How strictly a Reader takes the protocol. The platform profile chooses; the Reader only obeys, so
// that every difference between sources is in this table.
#pragma once

#include <cstdint>

namespace torpor::websocket {

struct Policy {
  // The frame must be masked by a client and must not be by a server (RFC 6455 5.1). FRAME-01.
  bool require_mask = true;
  // Text and close reasons must be UTF-8 (RFC 6455 8.1); otherwise bad octets become U+FFFD.
  // MSG-06.
  bool validate_utf8 = true;
  // Control payloads end at 125 octets (RFC 6455 5.5). FRAME-06.
  bool limit_control_payload = true;
  // Sizes are written in their shortest form, top bit clear (RFC 6455 5.2). FRAME-06.
  bool require_minimal_length = true;
  // A close payload has 0 or at least 2 octets (RFC 6455 5.5.1, CLE-02) and a code that may travel
  // (RFC 6455 7.4, CLE-04).
  bool validate_close_payload = true;
  // RSV1 only on the first frame of a data message (RFC 7692 6). Otherwise RSV1 on the last frame
  // of a message counts as well, and RSV1 elsewhere is ignored.
  bool restrict_rsv1 = true;
  // Unknown opcodes and compression that was not negotiated are reported by the header; otherwise
  // only when the payload (for compression: of the last frame) is complete. FRAME-05, FRAME-07.
  bool judge_by_header = true;

  bool operator==(const Policy&) const = default;

  static constexpr Policy rfc6455() { return {}; }
  static constexpr Policy workerd() {
    return {.require_mask = false,
            .validate_utf8 = false,
            .limit_control_payload = false,
            .require_minimal_length = false,
            .validate_close_payload = false,
            .restrict_rsv1 = false,
            .judge_by_header = false};
  }
};

}  // namespace torpor::websocket
