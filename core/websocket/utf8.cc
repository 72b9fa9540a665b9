#include "core/websocket/utf8.h"

#include <cstring>

namespace torpor::websocket {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

// Octets at the front of `text` that are ASCII, eight at a time.
std::size_t ascii_prefix(std::string_view text) {
  constexpr std::uint64_t kHighBits = 0x8080808080808080;
  std::size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + i, 8);
    if (word & kHighBits) break;
  }
  while (i < text.size() && static_cast<unsigned char>(text[i]) < 0x80) ++i;
  return i;
}

}  // namespace

bool Utf8Validator::feed(std::string_view piece) {
  for (std::size_t i = 0; valid_ && i < piece.size();) {
    if (needed_ == 0) {
      i += ascii_prefix(piece.substr(i));
      if (i == piece.size()) break;
    }
    take(static_cast<std::uint8_t>(piece[i++]));
  }
  return valid_;
}

// RFC 3629 section 4: only the first continuation octet has narrower bounds than 80..BF.
void Utf8Validator::take(std::uint8_t octet) {
  if (needed_ != 0) {
    valid_ = octet >= lower_ && octet <= upper_;
    lower_ = 0x80;
    upper_ = 0xBF;
    --needed_;
    return;
  }
  if (octet < 0x80) return;
  if (octet >= 0xC2 && octet <= 0xDF) {
    needed_ = 1;
  } else if (octet >= 0xE0 && octet <= 0xEF) {
    needed_ = 2;
    if (octet == 0xE0) lower_ = 0xA0;  // shorter forms exist below
    if (octet == 0xED) upper_ = 0x9F;  // surrogates above
  } else if (octet >= 0xF0 && octet <= 0xF4) {
    needed_ = 3;
    if (octet == 0xF0) lower_ = 0x90;  // shorter forms exist below
    if (octet == 0xF4) upper_ = 0x8F;  // U+10FFFF is the last
  } else {
    valid_ = false;
  }
}

bool is_utf8(std::string_view text) {
  Utf8Validator validator;
  return validator.feed(text) && validator.complete();
}

std::string replace_invalid(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  std::size_t i = 0;
  while (i < text.size()) {
    Utf8Validator validator;
    std::size_t end = i;
    // One character, or as much of one as can begin a character.
    while (end < text.size() && validator.feed(text.substr(end, 1))) {
      ++end;
      if (validator.complete()) break;
    }
    if (end > i && validator.complete()) {
      out.append(text.substr(i, end - i));
    } else {
      out.append(kReplacement);
      if (end == i) ++end;
    }
    i = end;
  }
  return out;
}

}  // namespace torpor::websocket
