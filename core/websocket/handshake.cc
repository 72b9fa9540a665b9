#include "core/websocket/handshake.h"

#include <algorithm>
#include <boost/uuid/detail/sha1.hpp>

namespace torpor::websocket {
namespace {

constexpr std::string_view kGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";  // RFC 6455 1.3
constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

std::string accept_key(std::string_view sec_websocket_key) {
  boost::uuids::detail::sha1 sha1;
  sha1.process_bytes(sec_websocket_key.data(), sec_websocket_key.size());
  sha1.process_bytes(kGuid.data(), kGuid.size());
  unsigned int words[5];
  sha1.get_digest(words);
  std::string digest;
  for (const unsigned int word : words) {
    for (int shift = 24; shift >= 0; shift -= 8) digest.push_back(static_cast<char>(word >> shift));
  }
  return base64(digest);
}

std::string make_key(const std::array<std::uint8_t, 16>& nonce) {
  return base64(std::string(nonce.begin(), nonce.end()));
}

std::string base64(std::string_view bytes) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 3; ++j) {
      group = group << 8 | (j < count ? static_cast<unsigned char>(bytes[i + j]) : 0u);
    }
    for (std::size_t j = 0; j < 4; ++j) {
      out.push_back(j <= count ? kAlphabet[group >> (18 - 6 * j) & 0x3F] : '=');
    }
  }
  return out;
}

}  // namespace torpor::websocket
