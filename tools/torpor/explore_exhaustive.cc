#include "tools/torpor/explore_exhaustive.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <map>
#include <utility>

#include "conformance/explore/campaign.h"
#include "conformance/explore/exhaustive.h"
#include "core/mutants.h"
#include "tools/torpor/files.h"
#include "tools/torpor/interrupt.h"

namespace torpor::tool {
namespace {

struct FoundFailure {
  std::uint64_t count = 0;
  std::string path;
  explore::Evaluation first;
};

class ExhaustiveRun {
 public:
  ExhaustiveRun(const ExhaustiveExploration& options, const statements::Registry& registry,
                std::string path)
      : options_(options),
        registry_(registry),
        path_(std::move(path)),
        source_(read_scenario(path_)),
        case_(case_of(source_, path_, registry)),
        evaluating_(evaluate_options(options.settings)) {
    make_exhaustible(case_, options.families, kExhaustiveFamilies);
    evaluating_.twice = false;
    evaluating_.keep_asked = true;
  }

  judge::ExitCode run() {
    const auto* mutant = mutants::find(options_.settings.mutant);
    const mutants::Planted planted(mutant ? mutant->mutant : mutants::Mutant::kNone);
    explore::ExhaustiveOptions exhaustive;
    exhaustive.deviations_max = options_.deviations;
    exhaustive.runs_max = options_.runs;
    exhaustive.progress = [&](std::uint64_t runs, std::uint64_t known) {
      if (terminal_.interactive && runs % 100 == 0)
        fmt::print(stderr, "\r\x1b[2K{} runs of {} so far  {} kinds of failure", runs, known,
                   found_.size());
    };
    const explore::Exhausted all = explore::exhaust(
        [&](const sim::Choices& choices) { return one(choices); }, exhaustive, Interrupt::flag());
    if (terminal_.interactive) fmt::print(stderr, "\r\x1b[2K");
    tell(all);
    if (!found_.empty()) return judge::ExitCode::kNotConformant;
    return all.complete ? judge::ExitCode::kConformant : judge::ExitCode::kIncomplete;
  }

 private:
  std::vector<sim::Asked> one(const sim::Choices& choices) {
    case_.simulation->choices = choices;
    explore::Evaluation evaluation = explore::evaluate(case_, evaluating_, Interrupt::flag());
    std::vector<sim::Asked> asked = std::move(evaluation.asked);
    if (Interrupt::requested() || evaluation.good()) return asked;
    FoundFailure& found = found_[evaluation.bucket()];
    if (found.count++ == 0) {
      save(evaluation, found);
      found.first = std::move(evaluation);
    }
    return asked;
  }

  void save(const explore::Evaluation& evaluation, FoundFailure& found) {
    make_folder(options_.save);
    const std::string name =
        fmt::format("{}-exhaustive-{}.json", std::filesystem::path(path_).stem().generic_string(),
                    found_.size());
    found.path = (std::filesystem::path(options_.save) / name).generic_string();
    Json scenario = source_;
    scenario["simulation"] = scenario::to_json(*case_.simulation);
    scenario = explore::failing_scenario(scenario, evaluation);
    scenario["found"] = {{"bucket", evaluation.bucket()}};
    write_file(found.path, scenario.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
  }

  void tell(const explore::Exhausted& all) const {
    if (options_.json) {
      Json found = Json::array();
      for (const auto& [bucket, one] : found_)
        found.push_back({{"bucket", bucket}, {"count", one.count}, {"file", one.path}});
      fmt::print("{}\n", Json{{"file", path_},
                              {"runs", all.total()},
                              {"byDeviations", all.runs},
                              {"complete", all.complete},
                              {"found", found}}
                             .dump(2, ' ', false, Json::error_handler_t::replace));
      return;
    }
    fmt::print("{}  {}\n", found_.empty() ? "pass" : "fail", path_);
    fmt::print("runs      {}: {} with 0, 1, ... choices that are not the uneventful ones{}\n",
               all.total(), fmt::join(all.runs, " + "),
               all.complete ? "" : "; not all: interrupted, or more --runs are needed");
    for (const auto& [bucket, found] : found_) {
      fmt::print("\n{}  ({} runs)\n{}", bucket, found.count,
                 finding_text(found.first, registry_, report::Terminal::of(stdout)));
      fmt::print("  reproduce: torpor explore {}{}\n", shell_word(found.path),
                 exploration_arguments(options_.settings));
    }
  }

  const ExhaustiveExploration& options_;
  const statements::Registry& registry_;
  std::string path_;
  Json source_;
  scenario::Case case_;
  explore::EvaluateOptions evaluating_;
  std::map<std::string, FoundFailure> found_;
  report::Terminal terminal_ = report::Terminal::of(stderr);
};

bool is_troubled(const scenario::Simulation& simulation) {
  const Json json = scenario::to_json(simulation);
  return json.contains("network") || json.contains("objects");
}

}  // namespace

void make_exhaustible(scenario::Case& scenario_case, const std::vector<std::string>& families,
                      const std::vector<std::string>& otherwise) {
  if (!scenario_case.simulation) scenario_case.simulation.emplace();
  scenario::Simulation& simulation = *scenario_case.simulation;
  simulation.choices.emplace();
  if (!families.empty()) {
    explore::permit(families, simulation);
  } else if (!is_troubled(simulation)) {
    explore::permit(otherwise, simulation);
  }
}

judge::ExitCode explore_exhaustively(const ExhaustiveExploration& options,
                                     const statements::Registry& registry) {
  Interrupt interrupt;
  judge::ExitCode worst = judge::ExitCode::kConformant;
  for (const std::string& file : options.files)
    worst = judge::worst_of(worst, ExhaustiveRun(options, registry, file).run());
  return worst;
}

}  // namespace torpor::tool
