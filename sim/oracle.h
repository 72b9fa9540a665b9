// Makes the choices of a run and records them: from a seed, or from a tape.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <tuple>
#include <utility>
#include <vector>

#include "sim/choices.h"
#include "sim/chooser.h"
#include "sim/tape.h"

namespace torpor::sim {

// A replayed run asked for something that its tape does not have: it is not the run that was
// recorded.
struct TapeDivergence : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// One choice, and how many answers it had.
struct Asked {
  Chosen chosen;
  std::uint64_t bound;
};

class Oracle final : public Chooser {
 public:
  // Each (kind, entity) draws from a stream of its own.
  static Oracle from_seed(std::uint64_t seed) { return Oracle(seed, false); }
  // Nothing is delayed, split, reordered or broken: every choice is 0, but keys, which are drawn
  // from the seed.
  static Oracle calm(std::uint64_t seed) { return Oracle(seed, true); }
  static Oracle from_tape(Tape tape);
  // These choices, and for the rest a calm run. A value beyond what is asked for becomes the
  // greatest one allowed.
  static Oracle from_choices(std::uint64_t seed, const Choices& choices);

  // Throws TapeDivergence when replaying and the tape says otherwise.
  std::uint64_t choose(Choice kind, std::uint64_t entity, std::uint64_t bound) override;

  const Tape& tape() const { return tape_; }
  // Those that were not 0, without keys.
  const Choices& eventful() const { return eventful_; }
  // Everything that was asked and had more than one answer, in order; only after keep_asked().
  const std::vector<Asked>& asked() const { return asked_; }
  void keep_asked() { keeps_asked_ = true; }
  // How much of the tape being replayed has not been asked for. After a faithful replay: none.
  std::size_t unread() const { return replay_ ? replay_->size() - tape_.size() : 0; }

 private:
  Oracle(std::uint64_t seed, bool calm) : seed_(seed), calm_(calm) {}
  std::uint64_t draw(Choice kind, std::uint64_t entity, std::uint64_t nth,
                     std::uint64_t bound) const;
  std::uint64_t given(Choice kind, std::uint64_t entity, std::uint64_t nth,
                      std::uint64_t bound) const;
  std::uint64_t replayed(Choice kind, std::uint64_t bound) const;
  std::uint64_t& drawn(Choice kind, std::uint64_t entity);

  std::uint64_t seed_;
  bool calm_;
  // How many choices each stream has given: by kind and entity; entities beyond the vectors' reach,
  // and instants, in the map.
  std::array<std::vector<std::uint64_t>, static_cast<std::size_t>(kLastChoice) + 1> drawn_;
  std::map<std::pair<Choice, std::uint64_t>, std::uint64_t> drawn_beyond_;
  std::optional<Tape> replay_;
  std::map<std::tuple<Choice, std::uint64_t, std::uint64_t>, std::uint64_t> given_;
  Choices eventful_;
  bool keeps_asked_ = false;
  std::vector<Asked> asked_;
  Tape tape_;
};

}  // namespace torpor::sim
