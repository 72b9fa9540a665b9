#include "core/object/close_arguments.h"

#include <algorithm>

#include "core/mutants.h"
#include "core/object/js_error.h"

namespace torpor::object {

using mutants::Mutant;
using mutants::planted;

namespace {

// CLOSE-02: the reserved codes may not be sent, everything else in 1000-4999 may. CLOSE-03.
bool may_be_sent(std::int32_t code, bool pedantic) {
  if (pedantic && !planted(Mutant::kPedanticIgnored))
    return code == 1000 || (code >= 3000 && code <= 4999);
  if (code < 1000 || code > (planted(Mutant::kCode5000Sent) ? 5000 : 4999)) return false;
  if (planted(Mutant::kNoStatusSent) && code == 1005) return true;
  return code != 1004 && code != 1005 && code != 1006 && code != 1015;
}

// UTF-8 octets; with the fault, characters.
std::int64_t length_of(const std::string& reason) {
  const auto begins = [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; };
  if (planted(Mutant::kReasonInCharacters))
    return std::count_if(reason.begin(), reason.end(), begins);
  return static_cast<std::int64_t>(reason.size());
}

}  // namespace

void check_close_arguments(std::optional<std::int32_t> code,
                           const std::optional<std::string>& reason,
                           const compat::Parameters& parameters, const compat::Flags& flags) {
  if (code && !may_be_sent(*code, flags.pedantic_wpt)) {
    throw JsError{"InvalidAccessError",
                  "Invalid WebSocket close code: " + std::to_string(*code) + "."};
  }
  const bool limited =
      flags.websocket_close_reason_byte_limit || planted(Mutant::kReasonLimitAtEveryDate);
  const std::int64_t off = planted(Mutant::kReasonLimitOffByOne) ? 1 : 0;
  if (reason && limited && length_of(*reason) > off + parameters.close_reason_bytes_max) {
    throw JsError{"SyntaxError", "WebSocket close reason must not be longer than " +
                                     std::to_string(parameters.close_reason_bytes_max) +
                                     " bytes when UTF-8 encoded."};
  }
  if (reason && !code && !planted(Mutant::kReasonWithoutCodeTaken)) {
    throw JsError{"InvalidAccessError",
                  "If you specify a WebSocket close reason, you must also specify a code."};
  }
}

std::string close_payload(std::optional<std::int32_t> code,
                          const std::optional<std::string>& reason) {
  if (!code) return planted(Mutant::kEmptyCloseIsNormal) ? "\x03\xe8" : "";
  std::string payload;
  payload += static_cast<char>((*code >> 8) & 0xff);
  payload += static_cast<char>(*code & 0xff);
  return payload + reason.value_or("");
}

}  // namespace torpor::object
