#include "core/object/close_arguments.h"

#include "core/object/js_error.h"

namespace torpor::object {
namespace {

// CLOSE-02: the reserved codes may not be sent, everything else in 1000-4999 may. CLOSE-03.
bool may_be_sent(std::int32_t code, bool pedantic) {
  if (pedantic) return code == 1000 || (code >= 3000 && code <= 4999);
  if (code < 1000 || code > 4999) return false;
  return code != 1004 && code != 1005 && code != 1006 && code != 1015;
}

}  // namespace

void check_close_arguments(std::optional<std::int32_t> code,
                           const std::optional<std::string>& reason,
                           const compat::Parameters& parameters, const compat::Flags& flags) {
  if (code && !may_be_sent(*code, flags.pedantic_wpt)) {
    throw JsError{"InvalidAccessError",
                  "Invalid WebSocket close code: " + std::to_string(*code) + "."};
  }
  if (reason && flags.websocket_close_reason_byte_limit &&
      static_cast<std::int64_t>(reason->size()) > parameters.close_reason_bytes_max) {
    throw JsError{"SyntaxError", "WebSocket close reason must not be longer than " +
                                     std::to_string(parameters.close_reason_bytes_max) +
                                     " bytes when UTF-8 encoded."};
  }
  if (reason && !code) {
    throw JsError{"InvalidAccessError",
                  "If you specify a WebSocket close reason, you must also specify a code."};
  }
}

std::string close_payload(std::optional<std::int32_t> code,
                          const std::optional<std::string>& reason) {
  if (!code) return {};
  std::string payload;
  payload += static_cast<char>((*code >> 8) & 0xff);
  payload += static_cast<char>(*code & 0xff);
  return payload + reason.value_or("");
}

}  // namespace torpor::object
