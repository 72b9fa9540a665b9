// Strings between JavaScript's UTF-16 and the octets of the outside.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace torpor::value {

// Ill-formed octets become U+FFFD. A surrogate that was encoded by itself (ED A0 80 ...) comes back
// as it was.
std::u16string utf16_from_utf8(std::string_view text);
// Lone surrogates are encoded by themselves, which is not UTF-8 (SEND-09).
std::string utf8_from_utf16(std::u16string_view text);
// Lone surrogates become U+FFFD (USVString).
std::string well_formed_utf8(std::u16string_view text);
bool has_lone_surrogate(std::u16string_view text);
// Every unit fits one octet: V8 stores and writes such a string in one octet a unit.
bool is_latin1(std::u16string_view text);

std::string to_hex(std::string_view octets);
std::optional<std::string> from_hex(std::string_view hex);

}  // namespace torpor::value
