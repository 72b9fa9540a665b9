// The one source of every choice in a run: delay, order, fault, split point, mask key, payload.
#pragma once

#include <cstdint>

namespace torpor::sim {

// What a choice is about. Each family draws from a stream of its own, so that adding one never
// shifts another.
enum class Choice : std::uint8_t {
  kLatency,
  kChunk,
  kOrder,
  kFault,
  kMaskKey,
  kHandshakeKey,
  kPayload,
  kObjectFault,
  kScenario,  // of a generator: what a run is made of, before it begins
};

inline constexpr Choice kLastChoice = Choice::kScenario;

class Chooser {
 public:
  virtual ~Chooser() = default;
  // A value in [0, bound); bound >= 1. `entity` names who is asking (a channel, a flow, for kOrder
  // the instant in microseconds), fixed run to run. 0 is the uneventful choice: nothing delayed,
  // split, reordered or broken.
  virtual std::uint64_t choose(Choice kind, std::uint64_t entity, std::uint64_t bound) = 0;
};

}  // namespace torpor::sim
