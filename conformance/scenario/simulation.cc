#include "conformance/scenario/simulation.h"

#include <array>
#include <limits>

namespace torpor::scenario {
namespace {

constexpr std::int64_t kMillion = 1'000'000;
constexpr std::int64_t kLatencyUsMax = 3'600'000'000;
constexpr std::int64_t kOctetsMax = std::int64_t{1} << 40;

struct Probability {
  const char* name;
  std::uint32_t sim::NetworkOptions::*member;
};
constexpr std::array kProbabilities = {
    Probability{"stall", &sim::NetworkOptions::stall_per_million},
    Probability{"cut", &sim::NetworkOptions::cut_per_million},
    Probability{"fin", &sim::NetworkOptions::fin_per_million},
    Probability{"silence", &sim::NetworkOptions::silence_per_million},
    Probability{"refuse", &sim::NetworkOptions::refuse_per_million},
};

struct Length {
  const char* name;
  Duration sim::NetworkOptions::*member;
};
constexpr std::array kLengths = {
    Length{"latencyUsMin", &sim::NetworkOptions::latency_min},
    Length{"latencyUsMax", &sim::NetworkOptions::latency_max},
    Length{"stallUsMax", &sim::NetworkOptions::stall_max},
};

struct Size {
  const char* name;
  std::size_t sim::NetworkOptions::*member;
};
constexpr std::array kSizes = {
    Size{"chunkOctetsMax", &sim::NetworkOptions::chunk_octets_max},
    Size{"windowOctets", &sim::NetworkOptions::window_octets},
};

void read_network(Diagnostics& diagnostics, const Json& json, const std::string& pointer,
                  sim::NetworkOptions& network) {
  Members members(diagnostics, json, pointer);
  const auto read = [&](const char* name, std::int64_t max, auto set) {
    if (const auto value = members.integer(name, Presence::kOptional, 0, max)) set(*value);
  };
  for (const Length& one : kLengths)
    read(one.name, kLatencyUsMax, [&](std::int64_t us) { network.*one.member = Duration(us); });
  for (const Size& one : kSizes)
    read(one.name, kOctetsMax,
         [&](std::int64_t size) { network.*one.member = static_cast<std::size_t>(size); });
  for (const Probability& one : kProbabilities)
    read(one.name, kMillion,
         [&](std::int64_t chance) { network.*one.member = static_cast<std::uint32_t>(chance); });
  network.shuffle_equal_times = members.boolean("shuffle", false);
  if (network.latency_max < network.latency_min)
    members.complain("latencyUsMax", "must not be less than latencyUsMin");
  if (network.window_octets == 0) members.complain("windowOctets", "must be at least 1");
  members.done();
}

Json network_json(const sim::NetworkOptions& network) {
  const sim::NetworkOptions usual;
  Json json = Json::object();
  for (const Length& one : kLengths) {
    if (network.*one.member != usual.*one.member)
      json[one.name] = static_cast<std::uint64_t>((network.*one.member).count());
  }
  for (const Size& one : kSizes) {
    if (network.*one.member != usual.*one.member) json[one.name] = network.*one.member;
  }
  for (const Probability& one : kProbabilities) {
    if (network.*one.member != usual.*one.member) json[one.name] = network.*one.member;
  }
  if (network.shuffle_equal_times) json["shuffle"] = true;
  return json;
}

}  // namespace

Simulation read_simulation(Diagnostics& diagnostics, const Json& json, const std::string& pointer) {
  Simulation simulation;
  Members members(diagnostics, json, pointer);
  // A seed is any 64-bit number, more than the other members may be.
  if (const Json* seed = members.find("seed")) {
    if (seed->is_number_unsigned()) {
      simulation.seed = seed->get<std::uint64_t>();
    } else {
      members.complain("seed", "must be a whole number from 0 up, not " + shown(*seed));
    }
  }
  if (const Json* network = members.object("network", Presence::kOptional))
    read_network(diagnostics, *network, members.pointer_to("network"), simulation.network);
  if (const Json* objects = members.object("objects", Presence::kOptional)) {
    Members faults(diagnostics, *objects, members.pointer_to("objects"));
    for (const sim::ObjectFaultKind kind : sim::kObjectFaultKinds) {
      const auto chance =
          faults.integer(std::string(name_of(kind)), Presence::kOptional, 0, kMillion);
      simulation.objects[kind] = static_cast<std::uint32_t>(chance.value_or(0));
    }
    faults.done();
  }
  if (const Json* choices = members.find("choices")) {
    auto read = sim::choices_from_json(*choices);
    if (const auto* problem = std::get_if<std::string>(&read))
      members.complain("choices", *problem);
    else
      simulation.choices = std::get<sim::Choices>(std::move(read));
  }
  members.done();
  return simulation;
}

Json to_json(const Simulation& simulation) {
  Json json = {{"seed", simulation.seed}};
  if (Json network = network_json(simulation.network); !network.empty())
    json["network"] = std::move(network);
  for (const sim::ObjectFaultKind kind : sim::kObjectFaultKinds) {
    if (simulation.objects[kind] > 0)
      json["objects"][std::string(name_of(kind))] = simulation.objects[kind];
  }
  if (simulation.choices) json["choices"] = sim::to_json(*simulation.choices);
  return json;
}

}  // namespace torpor::scenario
