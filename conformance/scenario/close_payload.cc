#include "conformance/scenario/close_payload.h"

#include "core/websocket/close.h"

namespace torpor::scenario {

std::string read_close_payload(Diagnostics& diagnostics, Members& members) {
  const auto code = members.integer("code", Presence::kOptional, 0, 65535);
  const Payload reason = members.text_payload("reason", Presence::kOptional);
  const bool raw = members.find("hex") != nullptr;
  if (raw && (code || reason.size() != 0)) {
    diagnostics.add(members.pointer(), R"(must not have "hex" beside "code" or "reason")");
  }
  if (raw) return members.hex("hex");
  if (!code) {
    if (reason.size() != 0) diagnostics.add(members.pointer(), R"(a "reason" needs a "code")");
    return "";
  }
  return websocket::encode_close({static_cast<std::uint16_t>(*code), reason.octets()});
}

}  // namespace torpor::scenario
