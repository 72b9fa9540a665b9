// What the rules say of single values, apart from any state: sizes and ranges.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/json.h"

namespace torpor::properties {

// ATT-02, of ASCII strings: version and tag, the length as a varint, the characters.
std::size_t serialized_size(const std::string& ascii);
// CLOSE-02.
bool may_close_with(std::int64_t code);
// The text that tagged JSON stands for, if it stands for one.
std::optional<std::string> text_of(const Json& tagged);
// As tagged JSON has a text: a long run of one character by its count.
Json tagged(const std::string& text);
// Octets as a text: U+FFFD for each that is in no UTF-8 (MSG-06). Of what begins like UTF-8 and is
// none it knows nothing.
std::string as_text(const std::string& octets);
// What a handler's event fields stand for, put in their places.
Json with_event(const Json& json, const Json& event);

inline constexpr std::size_t kAttachmentMax = 16'384;  // ATT-01, parity
inline constexpr std::size_t kAutoResponseMax = 2'048;
inline constexpr std::size_t kReasonMax = 123;
inline constexpr std::size_t kTagsMax = 10;
inline constexpr std::size_t kTagMax = 256;
inline constexpr std::int64_t kEventTimeoutMax = 604'800'000;

}  // namespace torpor::properties
