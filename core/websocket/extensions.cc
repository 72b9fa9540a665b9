#include "core/websocket/extensions.h"

#include <algorithm>

#include "core/mutants.h"

namespace torpor::websocket {

using mutants::Mutant;
using mutants::planted;

namespace {

constexpr std::string_view kName = "permessage-deflate";
constexpr std::string_view kServerNoContextTakeover = "server_no_context_takeover";
constexpr std::string_view kClientNoContextTakeover = "client_no_context_takeover";
constexpr std::string_view kServerMaxWindowBits = "server_max_window_bits";
constexpr std::string_view kClientMaxWindowBits = "client_max_window_bits";

// One extension with its parameters, each at most once. Offers and answers share the grammar.
struct Parsed {
  bool server_no_context_takeover = false;
  bool client_no_context_takeover = false;
  std::optional<int> server_max_window_bits;
  std::optional<int> client_max_window_bits;
  bool client_max_window_bits_without_value = false;
};

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// Removes what precedes the next separator, or everything, and returns it trimmed.
std::string_view take_piece(std::string_view& text, char separator) {
  const auto end = std::min(text.find(separator), text.size());
  const std::string_view piece = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return trim(piece);
}

std::optional<int> digit_value(char digit, int base) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  const char lower = static_cast<char>(digit | 0x20);
  if (base == 16 && lower >= 'a' && lower <= 'f') return lower - 'a' + 10;
  return std::nullopt;
}

std::optional<int> parse_window_bits(std::string_view text, NumberForm form) {
  if (form == NumberForm::kRfc7692 && (text.starts_with('0') || text.starts_with('+')))
    return std::nullopt;
  int base = 10;
  if (text.starts_with("0x") || text.starts_with("0X")) {
    base = 16;
    text.remove_prefix(2);
  } else if (text.starts_with('+')) {
    text.remove_prefix(1);
  }
  if (text.empty()) return std::nullopt;
  int value = 0;
  for (const char octet : text) {
    const auto digit = digit_value(octet, base);
    if (!digit) return std::nullopt;
    value = std::min(value * base + *digit, kWindowBitsMax + 1);
  }
  if (value < kWindowBitsMin || value > kWindowBitsMax)
    return planted(Mutant::kAnyWindowTaken) ? std::optional(kWindowBitsMax) : std::nullopt;
  return value;
}

bool take_flag(bool& flag, bool has_value) {
  if ((flag && !planted(Mutant::kParameterTwiceTaken)) || has_value) return false;
  flag = true;
  return true;
}

bool take_window_bits(std::optional<int>& bits, std::string_view value, NumberForm form) {
  if (bits) return false;
  bits = parse_window_bits(value, form);
  return bits.has_value();
}

bool take_parameter(Parsed& parsed, std::string_view parameter, NumberForm form) {
  const auto equals = parameter.find('=');
  const bool has_value = equals != std::string_view::npos;
  const std::string_view key = trim(parameter.substr(0, equals));
  const std::string_view value = has_value ? trim(parameter.substr(equals + 1)) : "";
  if (key == kServerNoContextTakeover) {
    return take_flag(parsed.server_no_context_takeover, has_value);
  }
  if (key == kClientNoContextTakeover) {
    return take_flag(parsed.client_no_context_takeover, has_value);
  }
  if (key == kServerMaxWindowBits)
    return take_window_bits(parsed.server_max_window_bits, value, form);
  if (key == kClientMaxWindowBits) {
    if (parsed.client_max_window_bits_without_value) return false;
    if (has_value) return take_window_bits(parsed.client_max_window_bits, value, form);
    return !parsed.client_max_window_bits &&
           take_flag(parsed.client_max_window_bits_without_value, false);
  }
  return planted(Mutant::kUnknownParameterTaken);
}

// One semicolon at the end is tolerated, an empty parameter elsewhere is not.
std::optional<Parsed> parse_extension(std::string_view text, NumberForm form) {
  if (take_piece(text, ';') != kName) return std::nullopt;
  Parsed parsed;
  while (!text.empty()) {
    if (!take_parameter(parsed, take_piece(text, ';'), form)) return std::nullopt;
  }
  return parsed;
}

void append_parameter(std::string& out, std::string_view key) {
  out.append("; ").append(key);
}

void append_parameter(std::string& out, std::string_view key, int value) {
  append_parameter(out, key);
  out.append("=").append(std::to_string(value));
}

// In the order in which workerd writes them (EXT-03).
std::string print(const Parsed& parsed) {
  std::string out(kName);
  const bool server_first = planted(Mutant::kServerParameterFirst);
  if (server_first && parsed.server_no_context_takeover)
    append_parameter(out, kServerNoContextTakeover);
  if (parsed.client_no_context_takeover) append_parameter(out, kClientNoContextTakeover);
  if (!server_first && parsed.server_no_context_takeover)
    append_parameter(out, kServerNoContextTakeover);
  if (parsed.client_max_window_bits) {
    append_parameter(out, kClientMaxWindowBits, *parsed.client_max_window_bits);
  } else if (parsed.client_max_window_bits_without_value) {
    append_parameter(out, kClientMaxWindowBits);
  }
  if (parsed.server_max_window_bits && !planted(Mutant::kServerWindowUntold)) {
    append_parameter(out, kServerMaxWindowBits, *parsed.server_max_window_bits);
  }
  return out;
}

DeflateParameters parameters_of(const Parsed& parsed) {
  return {.server_no_context_takeover = parsed.server_no_context_takeover,
          .client_no_context_takeover = parsed.client_no_context_takeover,
          .server_max_window_bits = parsed.server_max_window_bits.value_or(kWindowBitsMax),
          .client_max_window_bits = parsed.client_max_window_bits.value_or(kWindowBitsMax)};
}

}  // namespace

std::optional<Negotiated> negotiate(std::string_view offer_header, NumberForm form) {
  while (!offer_header.empty()) {
    auto offer = parse_extension(take_piece(offer_header, ','), form);
    if (!offer && planted(Mutant::kFirstOfferOnly)) return std::nullopt;
    if (!offer) continue;
    if (offer->client_max_window_bits_without_value || planted(Mutant::kClientWindowAssumed))
      offer->client_max_window_bits = kWindowBitsMax;
    return Negotiated{parameters_of(*offer), print(*offer)};
  }
  return std::nullopt;
}

std::string build_offer(const DeflateOffer& offer) {
  return print({.server_no_context_takeover = offer.server_no_context_takeover,
                .client_no_context_takeover = offer.client_no_context_takeover,
                .server_max_window_bits = offer.server_max_window_bits,
                .client_max_window_bits = offer.client_max_window_bits,
                .client_max_window_bits_without_value = offer.supports_client_max_window_bits});
}

std::optional<DeflateParameters> parse_response(std::string_view response_header) {
  const auto answer = parse_extension(trim(response_header), NumberForm::kC);
  if (!answer || answer->client_max_window_bits_without_value) return std::nullopt;
  return parameters_of(*answer);
}

}  // namespace torpor::websocket
