// Octets in JSON: lower-case hex; {"byte":"61","count":N} for a long run of one octet; where four
// octets repeat for long (a masked frame), a list of hex strings and {"unit":"01020304","count":N}.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/json.h"

namespace torpor::trace {

// A run of one octet longer than this is written as a count.
inline constexpr std::size_t kRunLength = 64;

// No count in a trace may ask for more memory than this.
inline constexpr std::uint64_t kOctetsMax = std::uint64_t{1} << 30;

std::string to_hex(std::string_view octets);
// Nothing when the length is odd or a character is no hex digit; upper case is read, never written.
std::optional<std::string> from_hex(std::string_view hex);

Json octets_to_json(std::string_view octets);
std::optional<std::string> octets_from_json(const Json& json);

// The members that carry the payload of a `text` event: "text" when it is valid UTF-8 and no long
// run of one octet, otherwise "octets".
void set_text(Json& members, std::string_view payload);
// The payload of a text, binary, ping, pong or close event, whichever member carries it.
std::optional<std::string> payload_of(const Json& members);

}  // namespace torpor::trace
