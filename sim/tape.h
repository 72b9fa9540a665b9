// The tape: every choice of a run, in order. A scenario and its tape are a complete run.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <variant>

#include "core/json.h"
#include "sim/chooser.h"

namespace torpor::sim {

struct TapeEntry {
  Choice kind;
  std::uint64_t bound;
  std::uint64_t value;
  bool operator==(const TapeEntry&) const = default;
};

using Tape = std::deque<TapeEntry>;  // long ones grow without being moved

// [[kind, bound, value], ...]
Json to_json(const Tape& tape);
// The tape, or what is wrong with the JSON.
std::variant<Tape, std::string> tape_from_json(const Json& json);

}  // namespace torpor::sim
