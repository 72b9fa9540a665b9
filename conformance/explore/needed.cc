#include "conformance/explore/needed.h"

#include <algorithm>
#include <array>

#include "conformance/explore/faults.h"

namespace torpor::explore {
namespace {

// Where a family is found in a scenario file.
enum class Place {
  kNetwork,     // a member of simulation.network
  kObjects,     // a member of simulation.objects
  kStep,        // a step
  kStepMember,  // a member of a step storageFaults
  kOp,          // an op of the program
  kEndOfText,   // the end of what is sent, from there on
};

struct Trace {
  std::string_view family;
  Place place;
  std::string_view name;
};

constexpr std::array kTraces = {
    Trace{"latency", Place::kNetwork, "latencyUsMin"},
    Trace{"latency", Place::kNetwork, "latencyUsMax"},
    Trace{"chunks", Place::kNetwork, "chunkOctetsMax"},
    Trace{"order", Place::kNetwork, "shuffle"},
    Trace{"stall", Place::kNetwork, "stall"},
    Trace{"window", Place::kNetwork, "windowOctets"},
    Trace{"cut", Place::kNetwork, "cut"},
    Trace{"fin", Place::kNetwork, "fin"},
    Trace{"silence", Place::kNetwork, "silence"},
    Trace{"refuse", Place::kNetwork, "refuse"},
    Trace{"evict", Place::kObjects, "evict"},
    Trace{"deploy", Place::kObjects, "deploy"},
    Trace{"crash", Place::kObjects, "crash"},
    Trace{"storage-latency", Place::kStepMember, "writeLatencyMs"},
    Trace{"storage-failure", Place::kStepMember, "writesFail"},
    Trace{"late-alarms", Place::kStepMember, "alarmsLateMs"},
    Trace{"slow-reader", Place::kStep, "stopReading"},
    Trace{"slow-reader", Place::kStep, "resumeReading"},
    Trace{"malformed", Place::kStep, "frame"},
    Trace{"leaving", Place::kStep, "finish"},
    Trace{"leaving", Place::kStep, "reset"},
    Trace{"exceptions", Place::kOp, "throw"},
    Trace{"abort", Place::kOp, "abort"},
    Trace{"restart-steps", Place::kStep, "deploy"},
    Trace{"restart-steps", Place::kStep, "crash"},
    Trace{"client-clocks", Place::kEndOfText, "@"},
};

void take_member(Json& scenario, const char* pointer, std::string_view name) {
  const Json::json_pointer place{std::string(pointer)};
  if (!scenario.contains(place) || !scenario[place].is_object()) return;
  scenario[place].erase(std::string(name));
  if (scenario[place].empty()) scenario[place.parent_pointer()].erase(place.back());
}

template <typename Condition>
void take_items(Json& list, Condition condition) {
  Json kept = Json::array();
  for (Json& item : list) {
    if (!condition(item)) kept.push_back(std::move(item));
  }
  list = std::move(kept);
}

void take_ops(Json& json, std::string_view name) {
  if (json.is_array())
    take_items(json,
               [&](const Json& item) { return item.is_object() && item.value("op", "") == name; });
  if (!json.is_structured()) return;
  for (Json& item : json) take_ops(item, name);
}

void take_step_member(Json& steps, std::string_view name) {
  for (Json& step : steps) {
    if (step.value("do", "") == "storageFaults") step.erase(std::string(name));
  }
  take_items(steps, [](const Json& step) {
    return step.value("do", "") == "storageFaults" && step.size() == 1;
  });
}

void take_end_of_texts(Json& steps, std::string_view from) {
  for (Json& step : steps) {
    if (step.value("do", "") != "send" || !step.contains("text")) continue;
    const std::string text = step["text"].is_string() ? step["text"].get<std::string>() : "";
    if (const auto at = text.find(from); at != std::string::npos) step["text"] = text.substr(0, at);
  }
}

void take(Json& scenario, const Trace& trace) {
  switch (trace.place) {
    case Place::kNetwork:
      return take_member(scenario, "/simulation/network", trace.name);
    case Place::kObjects:
      return take_member(scenario, "/simulation/objects", trace.name);
    case Place::kStep:
      return take_items(scenario["steps"],
                        [&](const Json& step) { return step.value("do", "") == trace.name; });
    case Place::kStepMember:
      return take_step_member(scenario["steps"], trace.name);
    case Place::kEndOfText:
      return take_end_of_texts(scenario["steps"], trace.name);
    case Place::kOp:
      if (scenario.contains("program")) take_ops(scenario["program"], trace.name);
  }
}

}  // namespace

Json without_family(const Json& scenario, std::string_view family) {
  Json without = scenario;
  for (const Trace& trace : kTraces) {
    if (trace.family == family) take(without, trace);
  }
  return without;
}

std::vector<std::string> families_of(const Json& scenario) {
  std::vector<std::string> found;
  for (const Family& family : families()) {
    if (without_family(scenario, family.name) != scenario) found.emplace_back(family.name);
  }
  return found;
}

std::vector<std::string> needed_families(
    const Json& scenario, const std::function<bool(const Json& scenario)>& still_fails) {
  std::vector<std::string> needed = families_of(scenario);
  std::erase_if(needed, [&](const std::string& family) {
    return still_fails(without_family(scenario, family));
  });
  return needed;
}

}  // namespace torpor::explore
