// Faults planted in the model, one at a time, so that it can be shown that the catalogue notices
// them. Only in a build with the option TORPOR_MUTANTS: elsewhere planted() is false when the
// program is compiled, and nothing is left of them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace torpor::mutants {

enum class Mutant : std::uint16_t {
  kNone,
#define TORPOR_MUTANT(mutant, ...) mutant,
#include "core/mutants.def"
#undef TORPOR_MUTANT
};

#ifdef TORPOR_MUTANTS
inline constexpr bool kAvailable = true;
namespace detail {
inline Mutant active = Mutant::kNone;
}
// Whether this is the fault that the model has now.
inline bool planted(Mutant mutant) {
  return detail::active == mutant;
}
#else
inline constexpr bool kAvailable = false;
constexpr bool planted(Mutant) {
  return false;
}
#endif

// From now on the model has this fault and no other; kNone: none. REQUIRES: kAvailable or kNone.
void plant(Mutant mutant);
Mutant present();

// A fault for as long as this lives; then what there was before.
class Planted {
 public:
  explicit Planted(Mutant mutant) : before_(present()) { plant(mutant); }
  ~Planted() { plant(before_); }
  Planted(const Planted&) = delete;
  Planted& operator=(const Planted&) = delete;

 private:
  Mutant before_;
};

struct Description {
  Mutant mutant;
  std::string_view name;  // "upgrade-case-matters"
  std::string_view ids;   // of the statements it breaks, a space between two
  // Why no random scenario shows it, whatever it does; empty: some do.
  std::string_view not_explorable;
  std::string_view fault;  // one sentence: what the model with it does

  bool explorable() const { return not_explorable.empty(); }
  std::vector<std::string> statements() const;
};

// All of them, in the order of their areas; none without kAvailable.
std::span<const Description> all();
// Null for a name that none has.
const Description* find(std::string_view name);

}  // namespace torpor::mutants
