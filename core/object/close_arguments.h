// The argument checks of WebSocket.close(), in the platform's order. Source: CLOSE-01 to CLOSE-07.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/compat/flags.h"
#include "core/compat/parameters.h"

namespace torpor::object {

// Throws JsError: InvalidAccessError for a code that may not be sent or a reason without a code,
// SyntaxError for a reason over the limit (only with the flag).
void check_close_arguments(std::optional<std::int32_t> code,
                           const std::optional<std::string>& reason,
                           const compat::Parameters& parameters, const compat::Flags& flags);

// The payload of the Close frame that close(code, reason) sends; empty without a code.
std::string close_payload(std::optional<std::int32_t> code,
                          const std::optional<std::string>& reason);

}  // namespace torpor::object
