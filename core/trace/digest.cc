#include "core/trace/digest.h"

#include <xxhash.h>

#include <array>
#include <cstring>

#include "core/trace/octets.h"

namespace torpor::trace {

// Small pieces are collected, and hashed together. XXH3_state_t wants an alignment of 64, which its
// own allocator gives.
class Digest::State {
 public:
  State() { XXH3_128bits_reset(xxh_); }
  ~State() { XXH3_freeState(xxh_); }
  State(const State& other) : collected_(other.collected_), size_(other.size_) {
    XXH3_copyState(xxh_, other.xxh_);
  }
  State& operator=(const State&) = delete;

  void add(std::string_view octets) {
    if (octets.size() > collected_.size() - size_) hash_collected();
    if (octets.size() > collected_.size()) {
      XXH3_128bits_update(xxh_, octets.data(), octets.size());
      return;
    }
    if (!octets.empty()) std::memcpy(collected_.data() + size_, octets.data(), octets.size());
    size_ += octets.size();
  }

  XXH128_hash_t value() {
    hash_collected();
    return XXH3_128bits_digest(xxh_);
  }

 private:
  void hash_collected() {
    XXH3_128bits_update(xxh_, collected_.data(), size_);
    size_ = 0;
  }

  XXH3_state_t* xxh_ = XXH3_createState();
  std::array<char, 1024> collected_;
  std::size_t size_ = 0;
};

Digest::Digest() : state_(std::make_unique<State>()) {}
Digest::~Digest() = default;
Digest::Digest(const Digest& other) : state_(std::make_unique<State>(*other.state_)) {}
Digest& Digest::operator=(const Digest& other) {
  if (this != &other) state_ = std::make_unique<State>(*other.state_);
  return *this;
}
Digest::Digest(Digest&&) noexcept = default;
Digest& Digest::operator=(Digest&&) noexcept = default;

void Digest::add(std::string_view octets) {
  state_->add(octets);
}

void Digest::add(std::uint64_t number) {
  char octets[sizeof number];
  for (char& octet : octets) {
    octet = static_cast<char>(number & 0xff);
    number >>= 8;
  }
  state_->add({octets, sizeof octets});
}

std::string Digest::hex() const {
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, state_->value());
  return to_hex({reinterpret_cast<const char*>(canonical.digest), sizeof canonical.digest});
}

}  // namespace torpor::trace
