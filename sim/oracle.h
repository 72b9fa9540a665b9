// Makes the choices of a run and records them: from a seed, or from a tape.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "sim/chooser.h"
#include "sim/tape.h"

namespace torpor::sim {

// A replayed run asked for something that its tape does not have: it is not the run that was recorded.
struct TapeDivergence : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Oracle final : public Chooser {
 public:
  // Each (kind, entity) draws from a stream of its own.
  static Oracle from_seed(std::uint64_t seed) { return Oracle(seed, false); }
  // Nothing is delayed, split, reordered or broken: every choice is 0, but keys, which are drawn from the seed.
  static Oracle calm(std::uint64_t seed) { return Oracle(seed, true); }
  static Oracle from_tape(Tape tape);

  // Throws TapeDivergence when replaying and the tape says otherwise.
  std::uint64_t choose(Choice kind, std::uint64_t entity, std::uint64_t bound) override;

  const Tape& tape() const { return tape_; }

 private:
  Oracle(std::uint64_t seed, bool calm) : seed_(seed), calm_(calm) {}
  std::uint64_t draw(Choice kind, std::uint64_t entity, std::uint64_t bound);
  std::uint64_t replayed(Choice kind, std::uint64_t bound);

  std::uint64_t seed_;
  bool calm_;
  std::map<std::pair<Choice, std::uint64_t>, std::uint64_t> drawn_;  // how many from each stream
  std::optional<Tape> replay_;
  std::size_t position_ = 0;
  Tape tape_;
};

}  // namespace torpor::sim
