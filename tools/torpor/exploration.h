// What the verbs explore, shrink and merge share: settings, failures in files, and telling of them.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "conformance/explore/evaluate.h"
#include "conformance/explore/store.h"
#include "conformance/report/terminal.h"
#include "conformance/scenario/case.h"
#include "conformance/statements/registry.h"
#include "core/json.h"

namespace torpor::tool {

struct ExplorationSettings {
  std::vector<std::string> sets;  // --set
  std::string mutant;
};

// --set and --mutant.
void add_exploration_options(CLI::App& verb, ExplorationSettings& settings);
explore::EvaluateOptions evaluate_options(const ExplorationSettings& settings);
// The same settings as options, for a reproduce line.
std::string exploration_arguments(const ExplorationSettings& settings);

// One scenario out of a file. Problems are printed one per line; then Failure (usage).
Json read_scenario(const std::string& path);
scenario::Case case_of(const Json& scenario, const std::string& path,
                       const statements::Registry& registry);

// What an evaluation found: one paragraph, or "".
std::string finding_text(const explore::Evaluation& evaluation,
                         const statements::Registry& registry, const report::Terminal& terminal);

// What a store knows of a campaign, as the end of an exploration shows it.
std::string campaign_text(explore::Store& store, std::int64_t campaign,
                          const report::Terminal& terminal);
Json campaign_json(explore::Store& store, std::int64_t campaign);

}  // namespace torpor::tool
