#include "core/trace/digest.h"

#include <xxhash.h>

#include "core/trace/octets.h"

namespace torpor::trace {

// XXH3_state_t wants an alignment of 64, which its own allocator gives.
class Digest::State {
 public:
  State() { XXH3_128bits_reset(xxh_); }
  ~State() { XXH3_freeState(xxh_); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  XXH3_state_t* get() const { return xxh_; }

 private:
  XXH3_state_t* xxh_ = XXH3_createState();
};

Digest::Digest() : state_(std::make_unique<State>()) {}
Digest::~Digest() = default;
Digest::Digest(Digest&&) noexcept = default;
Digest& Digest::operator=(Digest&&) noexcept = default;

void Digest::add(std::string_view octets) {
  XXH3_128bits_update(state_->get(), octets.data(), octets.size());
}

std::string Digest::hex() const {
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(state_->get()));
  return to_hex({reinterpret_cast<const char*>(canonical.digest), sizeof canonical.digest});
}

}  // namespace torpor::trace
