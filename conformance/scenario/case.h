// One case: a scenario with its parameters filled in, checked and typed.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "conformance/scenario/expectation.h"
#include "conformance/scenario/simulation.h"
#include "conformance/scenario/step.h"
#include "core/compat/profile.h"
#include "core/json.h"
#include "core/time.h"

namespace torpor::scenario {

struct Configuration {
  std::string compatibility_date = "2026-11-01";
  std::vector<std::string> compatibility_flags;

  bool operator==(const Configuration&) const = default;
};

// A documented example instead of a program: tools/samples/NAME on a real server,
// reference-server/samples on the model, which knows no language.
struct Sample {
  std::string name;
  std::string language = "js";
};

struct Case {
  std::string id;      // "close/client/echo[date=2026-04-06]"
  std::string family;  // "close/client/echo"
  std::string title;
  std::vector<std::string> statements;
  std::vector<compat::Profile> profiles;
  // Name, label; in the order of the file.
  std::vector<std::pair<std::string, std::string>> parameters;
  Configuration configuration;
  std::vector<std::string> needs;
  bool needs_feature(const std::string& feature) const {
    return std::find(needs.begin(), needs.end(), feature) != needs.end();
  }
  // So much work for server or harness that no other case may run beside it.
  bool exclusive = false;
  // Servers that the object can connect to; steps name them as clients.
  std::vector<std::string> remotes;
  Json program;                  // null when there is a sample
  std::optional<Sample> sample;  // then nothing is known of the object but what clients see
  std::vector<Step> steps;
  std::vector<Lane> lanes;
  // What must hold in every run whatsoever is asked of this one (conformance/properties).
  bool properties = false;
  std::optional<Simulation> simulation;
  // All that can be seen of it, where that was computed (`torpor outcomes`): objects of lists by
  // client, and "object" for the log. Empty: not computed.
  std::vector<Json> outcomes;
  Duration settle = milliseconds(300);
  Json source;       // the case as JSON, parameters filled in: what a trace's header carries
  std::string file;  // where it was written

  bool applies_to(compat::Profile profile) const;
};

}  // namespace torpor::scenario
