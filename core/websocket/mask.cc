#include "core/websocket/mask.h"

#include <cstring>

namespace torpor::websocket {
namespace {

constexpr std::size_t kWord = sizeof(std::uint64_t);

}  // namespace

void apply_mask(char* data, std::size_t size, std::uint32_t key, std::uint64_t offset) {
  if (key == 0) return;
  unsigned char pattern[kWord];
  for (std::size_t i = 0; i < kWord; ++i) {
    pattern[i] = static_cast<unsigned char>(key >> (24 - 8 * ((offset + i) & 3)));
  }
  std::uint64_t wide = 0;
  std::memcpy(&wide, pattern, kWord);
  std::size_t i = 0;
  for (; i + kWord <= size; i += kWord) {
    std::uint64_t word = 0;
    std::memcpy(&word, data + i, kWord);
    word ^= wide;
    std::memcpy(data + i, &word, kWord);
  }
  for (std::size_t j = 0; i < size; ++i, ++j) {
    data[i] = static_cast<char>(static_cast<unsigned char>(data[i]) ^ pattern[j]);
  }
}

}  // namespace torpor::websocket
