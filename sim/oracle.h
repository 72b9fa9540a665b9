// Makes the choices of a run and records them: from a seed, or from a tape.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "sim/chooser.h"
#include "sim/tape.h"

namespace torpor::sim {

// A replayed run asked for something that its tape does not have: it is not the run that was
// recorded.
struct TapeDivergence : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Oracle final : public Chooser {
 public:
  // Each (kind, entity) draws from a stream of its own.
  static Oracle from_seed(std::uint64_t seed) { return Oracle(seed, false); }
  // Nothing is delayed, split, reordered or broken: every choice is 0, but keys, which are drawn
  // from the seed.
  static Oracle calm(std::uint64_t seed) { return Oracle(seed, true); }
  static Oracle from_tape(Tape tape);

  // Throws TapeDivergence when replaying and the tape says otherwise.
  std::uint64_t choose(Choice kind, std::uint64_t entity, std::uint64_t bound) override;

  const Tape& tape() const { return tape_; }
  // How much of the tape being replayed has not been asked for. After a faithful replay: none.
  std::size_t unread() const { return replay_ ? replay_->size() - tape_.size() : 0; }

 private:
  Oracle(std::uint64_t seed, bool calm) : seed_(seed), calm_(calm) {}
  std::uint64_t draw(Choice kind, std::uint64_t entity, std::uint64_t bound);
  std::uint64_t replayed(Choice kind, std::uint64_t bound) const;
  std::uint64_t& drawn(Choice kind, std::uint64_t entity);

  std::uint64_t seed_;
  bool calm_;
  // How many numbers each stream has given: by kind and entity; entities beyond the vectors' reach
  // in the map.
  std::array<std::vector<std::uint64_t>, static_cast<std::size_t>(kLastChoice) + 1> drawn_;
  std::map<std::pair<Choice, std::uint64_t>, std::uint64_t> drawn_beyond_;
  std::optional<Tape> replay_;
  Tape tape_;
};

}  // namespace torpor::sim
