// The choices of a run that were not the uneventful ones, each by where it stands in the stream of
// its (kind, entity): what is taken out of a run does not shift the choices of the rest. What an
// edited scenario can be run with, where a tape, which is exact, cannot.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "core/json.h"
#include "sim/chooser.h"

namespace torpor::sim {

struct Chosen {
  Choice kind;
  std::uint64_t entity;
  std::uint64_t nth;  // in its stream, from 0
  std::uint64_t value;
  bool operator==(const Chosen&) const = default;
};

using Choices = std::vector<Chosen>;

// [[kind, entity, nth, value], ...]
Json to_json(const Choices& choices);
// The choices, or what is wrong with the JSON.
std::variant<Choices, std::string> choices_from_json(const Json& json);

}  // namespace torpor::sim
