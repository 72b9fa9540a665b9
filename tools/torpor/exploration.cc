#include "tools/torpor/exploration.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <fstream>
#include <sstream>

#include "conformance/scenario/loader.h"
#include "core/mutants.h"
#include "tools/torpor/catalogue.h"
#include "tools/torpor/command.h"
#include "tools/torpor/platform_options.h"

namespace torpor::tool {

void add_exploration_options(CLI::App& verb, ExplorationSettings& settings) {
  verb.add_option("--set", settings.sets, "Change a parameter of the model")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
  verb.add_option("--mutant", settings.mutant,
                  "Plant this fault in the model (torpor mutants --list); test builds only")
      ->type_name("NAME");
}

explore::EvaluateOptions evaluate_options(const ExplorationSettings& settings) {
  if (!settings.mutant.empty()) {
    if (!mutants::kAvailable)
      usage_failure("no mutants are in this build; the presets dev, asan and clang have them");
    if (mutants::find(settings.mutant) == nullptr)
      usage_failure(fmt::format("unknown mutant {}; `torpor mutants --list` shows which there are",
                                shell_word(settings.mutant)));
  }
  explore::EvaluateOptions options;
  options.parameters = parameters_with(compat::Profile::kParity, settings.sets);
  return options;
}

std::string exploration_arguments(const ExplorationSettings& settings) {
  std::string arguments;
  for (const std::string& set : settings.sets) arguments += " --set " + shell_word(set);
  if (!settings.mutant.empty()) arguments += " --mutant " + shell_word(settings.mutant);
  return arguments;
}

Json read_scenario(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  if (in) text << in.rdbuf();
  if (!in) usage_failure(fmt::format("{}: cannot be read", path));
  auto json = parse_json(text.str());
  if (const auto* problem = std::get_if<JsonProblem>(&json))
    usage_failure(fmt::format("{}:{}:{}: {}", path, problem->line, problem->column, problem->what));
  return std::get<Json>(std::move(json));
}

scenario::Case case_of(const Json& scenario, const std::string& path,
                       const statements::Registry& registry) {
  auto loaded = scenario::load_case(scenario, path, registry);
  for (const scenario::Problem& problem : loaded.problems)
    fmt::print(stderr, "{}\n", problem.to_string());
  if (!loaded.ok()) usage_failure(fmt::format("{}: no scenario that can be run", path));
  if (!loaded.cases.front().properties) {
    usage_failure(fmt::format(
        "{}: has no \"properties\": true, and only properties are looked at here; `torpor run` "
        "judges expectations",
        path));
  }
  return std::move(loaded.cases.front());
}

std::string finding_text(const explore::Evaluation& evaluation,
                         const statements::Registry& registry, const report::Terminal& terminal) {
  if (evaluation.good()) return "";
  if (evaluation.findings.empty()) {
    std::string text = evaluation.reason + "\n";
    if (evaluation.differs_before_event)
      text +=
          fmt::format("  they differ first before event {}\n", *evaluation.differs_before_event);
    return text;
  }
  const properties::Finding& finding = evaluation.findings.front();
  std::string text = fmt::format(
      "{}: {}\n", terminal.paint(report::Colour::kBold, finding.property), finding.message);
  text += fmt::format("  lane      {}\n", finding.lane);
  if (!finding.expected.is_null())
    text +=
        fmt::format("  expected  {}\n", report::printable(finding.expected.dump().substr(0, 400)));
  if (!finding.got.is_null())
    text += fmt::format("  got       {}\n", report::printable(finding.got.dump().substr(0, 400)));
  for (const std::string& id : finding.statements) {
    const statements::Statement* statement = registry.find(id);
    text += fmt::format("  {}  {}\n", id, statement ? statement->text : "");
  }
  return text;
}

std::string campaign_text(explore::Store& store, std::int64_t campaign,
                          const report::Terminal& terminal) {
  std::string text = fmt::format("explored    {} seeds, {} events\n", store.count(campaign),
                                 store.events(campaign));
  text += fmt::format("digest      {}\n", store.digest(campaign));
  const auto exercised = store.exercised(campaign);
  text +=
      fmt::format("statements  {} exercised: {}\n", exercised.size(), fmt::join(exercised, " "));
  const auto buckets = store.buckets(campaign);
  if (buckets.empty()) return text + terminal.paint(report::Colour::kGreen, "nothing found") + "\n";
  text += terminal.paint(report::Colour::kRed, "found") + "\n";
  for (const explore::Bucket& bucket : buckets)
    text +=
        fmt::format("  {:>7}  {}  (first seed {})\n", bucket.count, bucket.name, bucket.first_seed);
  return text;
}

Json campaign_json(explore::Store& store, std::int64_t campaign) {
  Json buckets = Json::array();
  for (const explore::Bucket& bucket : store.buckets(campaign))
    buckets.push_back(
        {{"bucket", bucket.name}, {"count", bucket.count}, {"firstSeed", bucket.first_seed}});
  return {{"seeds", store.count(campaign)},
          {"events", store.events(campaign)},
          {"digest", store.digest(campaign)},
          {"statements", store.exercised(campaign)},
          {"found", buckets}};
}

}  // namespace torpor::tool
