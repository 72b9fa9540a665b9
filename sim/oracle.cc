#include "sim/oracle.h"

#include <algorithm>
#include <cassert>
#include <string>

namespace torpor::sim {
namespace {

constexpr std::uint64_t kGolden = 0x9e3779b97f4a7c15u;
constexpr std::uint64_t kEntityInVectorMax = 1u << 20;

// SplitMix64's output function: a bijection in which every input bit moves every output bit.
std::uint64_t mix(std::uint64_t x) {
  x += kGolden;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

bool stays_random_when_calm(Choice kind) {
  return kind == Choice::kMaskKey || kind == Choice::kHandshakeKey;
}

std::string described(Choice kind, std::uint64_t bound) {
  return "kind " + std::to_string(static_cast<int>(kind)) + " of " + std::to_string(bound);
}

[[noreturn]] void diverge(std::size_t position, const std::string& how) {
  throw TapeDivergence("choice " + std::to_string(position) + ": " + how);
}

}  // namespace

Oracle Oracle::from_choices(std::uint64_t seed, const Choices& choices) {
  Oracle oracle(seed, true);
  for (const Chosen& one : choices) oracle.given_[{one.kind, one.entity, one.nth}] = one.value;
  return oracle;
}

Oracle Oracle::from_tape(Tape tape) {
  Oracle oracle(0, false);
  oracle.replay_ = std::move(tape);
  return oracle;
}

std::uint64_t Oracle::choose(Choice kind, std::uint64_t entity, std::uint64_t bound) {
  assert(bound >= 1);
  const std::uint64_t nth = drawn(kind, entity)++;
  std::uint64_t value = 0;
  if (replay_) {
    value = replayed(kind, bound);
  } else if (!calm_ || stays_random_when_calm(kind)) {
    value = draw(kind, entity, nth, bound);
  } else {
    value = given(kind, entity, nth, bound);
  }
  tape_.push_back({kind, bound, value});
  if (keeps_asked_ && bound > 1) asked_.push_back({{kind, entity, nth, value}, bound});
  if (value != 0 && !stays_random_when_calm(kind)) eventful_.push_back({kind, entity, nth, value});
  return value;
}

std::uint64_t Oracle::given(Choice kind, std::uint64_t entity, std::uint64_t nth,
                            std::uint64_t bound) const {
  const auto found = given_.find({kind, entity, nth});
  return found == given_.end() ? 0 : std::min(found->second, bound - 1);
}

std::uint64_t& Oracle::drawn(Choice kind, std::uint64_t entity) {
  if (kind == Choice::kOrder || entity > kEntityInVectorMax) return drawn_beyond_[{kind, entity}];
  std::vector<std::uint64_t>& counts = drawn_[static_cast<std::size_t>(kind)];
  if (entity >= counts.size()) counts.resize(entity + 1);
  return counts[entity];
}

// Unbiased: Lemire, "Fast Random Integer Generation in an Interval", 2019. A number that would
// bias is mixed once more, so that the n-th choice of a stream depends on n alone.
std::uint64_t Oracle::draw(Choice kind, std::uint64_t entity, std::uint64_t nth,
                           std::uint64_t bound) const {
  __extension__ using Product = unsigned __int128;
  const std::uint64_t stream =
      mix(mix(seed_) ^ mix(static_cast<std::uint64_t>(kind) << 56 ^ entity));
  std::uint64_t number = mix(stream + (nth + 1) * kGolden);
  while (true) {
    const Product product = Product{number} * bound;
    const auto low = static_cast<std::uint64_t>(product);
    // (0 - bound) % bound is 2^64 mod bound; the comparison before it saves the division.
    if (low >= bound || low >= (0 - bound) % bound)
      return static_cast<std::uint64_t>(product >> 64);
    number = mix(number);
  }
}

std::uint64_t Oracle::replayed(Choice kind, std::uint64_t bound) const {
  const std::size_t position = tape_.size();
  if (unread() == 0) diverge(position, "the tape has ended before the run");
  const TapeEntry& entry = (*replay_)[position];
  if (entry.kind != kind || entry.bound != bound) {
    diverge(position, "the tape has " + described(entry.kind, entry.bound) + ", the run asks for " +
                          described(kind, bound));
  }
  if (entry.value >= bound) diverge(position, "the tape has a value that its bound does not allow");
  return entry.value;
}

}  // namespace torpor::sim
