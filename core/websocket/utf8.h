// UTF-8 as RFC 3629 has it: no surrogates, nothing over U+10FFFF, no overlong forms.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/websocket/bytes.h"

namespace torpor::websocket {

// Judges text that arrives in pieces, at the first octet that no valid text can have there.
class Utf8Validator {
 public:
  // False as soon as the text so far begins no valid text; then stays false.
  bool feed(std::string_view piece);
  // True between characters: the text so far is complete.
  bool complete() const { return valid_ && needed_ == 0; }
  void reset() { *this = Utf8Validator(); }

 private:
  void take(std::uint8_t octet);

  bool valid_ = true;
  std::uint8_t needed_ = 0;    // continuation octets still to come
  std::uint8_t lower_ = 0x80;  // bounds of the next one
  std::uint8_t upper_ = 0xBF;
};

bool is_utf8(std::string_view text);

// Decodes as the WHATWG decoder does: each maximal part of a bad sequence becomes one U+FFFD. A
// byte order mark is kept.
std::string replace_invalid(std::string_view text);

}  // namespace torpor::websocket
