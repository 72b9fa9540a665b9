#include "sim/oracle.h"

#include <cassert>

namespace torpor::sim {
namespace {

// SplitMix64's output function: a bijection in which every input bit moves every output bit.
std::uint64_t mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

bool stays_random_when_calm(Choice kind) { return kind == Choice::kMaskKey || kind == Choice::kHandshakeKey; }

}  // namespace

Oracle Oracle::from_tape(Tape tape) {
  Oracle oracle(0, false);
  oracle.replay_ = std::move(tape);
  return oracle;
}

std::uint64_t Oracle::choose(Choice kind, std::uint64_t entity, std::uint64_t bound) {
  assert(bound >= 1);
  const std::uint64_t value = replay_ ? replayed(kind, bound) : draw(kind, entity, bound);
  tape_.push_back({kind, bound, value});
  return value;
}

// Unbiased: draws below the remainder of 2^64 by the bound are rejected.
std::uint64_t Oracle::draw(Choice kind, std::uint64_t entity, std::uint64_t bound) {
  if (calm_ && !stays_random_when_calm(kind)) return 0;
  const std::uint64_t stream = mix(mix(seed_) ^ mix(static_cast<std::uint64_t>(kind) << 56 ^ entity));
  std::uint64_t& count = drawn_[{kind, entity}];
  const std::uint64_t rejected = (0 - bound) % bound;
  while (true) {
    const std::uint64_t number = mix(stream + ++count * 0x9e3779b97f4a7c15u);
    if (number >= rejected) return number % bound;
  }
}

std::uint64_t Oracle::replayed(Choice kind, std::uint64_t bound) {
  const std::string where = "choice " + std::to_string(position_);
  if (position_ >= replay_->size()) throw TapeDivergence(where + ": the tape has ended before the run");
  const TapeEntry& entry = (*replay_)[position_++];
  if (entry.kind != kind || entry.bound != bound) {
    throw TapeDivergence(where + ": the tape has kind " + std::to_string(static_cast<int>(entry.kind)) + " of " +
                         std::to_string(entry.bound) + ", the run asks for kind " +
                         std::to_string(static_cast<int>(kind)) + " of " + std::to_string(bound));
  }
  return entry.value;
}

}  // namespace torpor::sim
