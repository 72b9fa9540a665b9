#include "core/trace/digest.h"

#include <xxhash.h>

#include "core/trace/octets.h"

namespace torpor::trace {

// XXH3_state_t wants an alignment of 64, which its own allocator gives.
class Digest::State {
 public:
  State() { XXH3_128bits_reset(xxh_); }
  ~State() { XXH3_freeState(xxh_); }
  State(const State& other) { XXH3_copyState(xxh_, other.xxh_); }
  State& operator=(const State&) = delete;

  XXH3_state_t* get() const { return xxh_; }

 private:
  XXH3_state_t* xxh_ = XXH3_createState();
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
  XXH3_128bits_update(state_->get(), octets.data(), octets.size());
}

void Digest::add(std::uint64_t number) {
  char octets[sizeof number];
  for (char& octet : octets) {
    octet = static_cast<char>(number & 0xff);
    number >>= 8;
  }
  add(std::string_view(octets, sizeof octets));
}

std::string Digest::hex() const {
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(state_->get()));
  return to_hex({reinterpret_cast<const char*>(canonical.digest), sizeof canonical.digest});
}

}  // namespace torpor::trace
