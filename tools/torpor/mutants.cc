// Whether the catalogue notices what can be wrong with a server: each planted fault of the model
// (core/mutants.h) must make a case fail.
#include "core/mutants.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <set>

#include "conformance/report/progress.h"
#include "core/json.h"
#include "tools/torpor/catalogue.h"
#include "tools/torpor/command.h"
#include "tools/torpor/interrupt.h"
#include "tools/torpor/mutant_exploration.h"
#include "tools/torpor/mutant_trial.h"

namespace torpor::tool {
namespace {

using mutants::Description;
using Rounds = std::vector<Round>;

struct MutantsOptions {
  std::vector<std::string> names;
  CatalogueOptions catalogue;
  std::string by = "catalogue";
  std::uint64_t seeds = 3000;
  bool list = false;
  bool json = false;

  bool by_catalogue() const { return by != "exploration"; }
  bool by_exploration() const { return by != "catalogue"; }
};

std::vector<const Description*> chosen_mutants(const std::vector<std::string>& names) {
  std::vector<const Description*> chosen;
  std::set<std::string> unused(names.begin(), names.end());
  for (const Description& mutant : mutants::all()) {
    bool wanted = names.empty();
    for (const std::string& name : names) {
      if (!glob_matches(name, std::string(mutant.name))) continue;
      wanted = true;
      unused.erase(name);
    }
    if (wanted) chosen.push_back(&mutant);
  }
  if (!unused.empty()) {
    usage_failure(fmt::format("unknown mutant {}; `torpor mutants --list` shows which there are",
                              shell_word(*unused.begin())));
  }
  return chosen;
}

bool exercises(const scenario::Case& one, const std::vector<std::string>& statements) {
  return std::any_of(one.statements.begin(), one.statements.end(), [&](const std::string& id) {
    return std::find(statements.begin(), statements.end(), id) != statements.end();
  });
}

// By parity, by the documentation, by the RFC: the cases that are wanted, those that are much work
// last.
template <typename Wanted>
Rounds rounds_of(const std::vector<scenario::Case>& cases, Wanted wanted) {
  Rounds rounds;
  for (const auto profile :
       {compat::Profile::kParity, compat::Profile::kDocumented, compat::Profile::kRfc6455}) {
    Round round{profile, {}};
    for (const bool heavy : {false, true}) {
      for (const scenario::Case& one : cases) {
        if (one.exclusive == heavy && one.applies_to(profile) && wanted(one))
          round.cases.push_back(one);
      }
    }
    if (!round.cases.empty()) rounds.push_back(std::move(round));
  }
  return rounds;
}

struct Outcome {
  const Description* mutant;
  Trial trial;
  bool own = true;  // the case that failed exercises a statement that the mutant breaks
  std::optional<Exploration> exploration = std::nullopt;

  bool by_catalogue = true;

  bool explored_in_vain() const { return exploration && !exploration->killed; }
  const char* word() const {
    if (!by_catalogue)
      return explored_in_vain() ? "survived" : exploration ? "killed" : "not explorable";
    return !trial.kill ? "survived" : own ? "killed" : "killed elsewhere";
  }
};

Json described(const Description& mutant) {
  Json json = {{"name", mutant.name},
               {"fault", mutant.fault},
               {"statements", mutant.statements()},
               {"explorable", mutant.explorable()}};
  if (!mutant.explorable()) json["notExplorable"] = mutant.not_explorable;
  return json;
}

Json to_json(const Outcome& outcome) {
  Json json = described(*outcome.mutant);
  json["outcome"] = outcome.word();
  json["cases"] = outcome.trial.cases;
  if (const auto& exploration = outcome.exploration) {
    json["exploration"] = {{"outcome", exploration->killed ? "killed" : "survived"},
                           {"seeds", exploration->seeds},
                           {"found", exploration->bucket}};
  }
  if (const auto& kill = outcome.trial.kill) {
    json["case"] = kill->case_id;
    json["profile"] = compat::name_of(kill->profile);
    json["broken"] = kill->broken;
    json["how"] = kill->how;
  }
  return json;
}

std::string exploration_text(const Outcome& outcome) {
  if (!outcome.exploration) return "";
  if (outcome.explored_in_vain())
    return fmt::format("    exploration: {} seeds and nothing is found\n",
                       outcome.exploration->seeds);
  return fmt::format("    exploration: {}, after {} {}\n", outcome.exploration->bucket,
                     outcome.exploration->seeds,
                     outcome.exploration->seeds == 1 ? "seed" : "seeds");
}

std::string to_text(const Outcome& outcome) {
  const Description& mutant = *outcome.mutant;
  const std::string head = fmt::format("{:<16}  {}", outcome.word(), mutant.name);
  const auto& kill = outcome.trial.kill;
  if (!outcome.by_catalogue) return head + "\n" + exploration_text(outcome);
  if (!kill) {
    return fmt::format("{}\n    {} ({}); {} cases and none fails\n", head, mutant.fault, mutant.ids,
                       outcome.trial.cases) +
           exploration_text(outcome);
  }
  const std::string profile = kill->profile == compat::Profile::kParity
                                  ? ""
                                  : fmt::format(" by {}", compat::name_of(kill->profile));
  std::string text = fmt::format("{}\n    {}{}, {}, after {} {}\n", head, kill->case_id, profile,
                                 fmt::join(kill->broken, ", "), outcome.trial.cases,
                                 outcome.trial.cases == 1 ? "case" : "cases");
  if (!outcome.own) {
    text += fmt::format("    killed, but not by its own statement ({}): {}\n    {}\n", mutant.ids,
                        mutant.fault, kill->how);
  }
  return text + exploration_text(outcome);
}

// One command's worth of state, from the canary to the score.
class Trials {
 public:
  explicit Trials(const MutantsOptions& options)
      : options_(options),
        mutants_(chosen_mutants(options.names)),
        catalogue_(load_catalogue(options.catalogue)),
        cases_(select(catalogue_.cases, options.catalogue)) {}

  judge::ExitCode run() {
    Interrupt interrupt;
    std::vector<std::string> statements;
    for (const Description* mutant : mutants_) {
      for (std::string& id : mutant->statements()) statements.push_back(std::move(id));
    }
    if (options_.by_catalogue())
      check_canary([&](const scenario::Case& one) { return exercises(one, statements); });
    if (options_.by_exploration()) check_exploration_canary();
    report::Progress progress(stderr, "mutants", mutants_.size());
    for (const Description* mutant : mutants_) {
      progress.started(mutant->name);
      auto outcome = options_.by_catalogue() ? put_on_trial(*mutant) : Outcome{mutant, {}};
      if (outcome) outcome->by_catalogue = options_.by_catalogue();
      if (outcome && options_.by_exploration() && mutant->explorable()) {
        outcome->exploration =
            explore_mutant(std::string(mutant->name), options_.seeds, catalogue_.registry);
        if (!outcome->exploration) outcome.reset();
      }
      progress.erase();
      if (!outcome) break;
      if (!options_.json) fmt::print("{}", to_text(*outcome));
      std::fflush(stdout);
      progress.finished(mutant->name, !is_killed(*outcome));
      outcomes_.push_back(*outcome);
    }
    progress.erase();
    return conclude();
  }

 private:
  bool is_killed(const Outcome& outcome) const {
    return (!options_.by_catalogue() || outcome.trial.kill) && !outcome.explored_in_vain();
  }

  // Without a fault nothing must be found, or finding something proves nothing.
  void check_exploration_canary() const {
    constexpr std::uint64_t kSeeds = 300;
    const auto canary = explore_mutant("", kSeeds, catalogue_.registry);
    if (canary && canary->killed) {
      throw Failure(judge::ExitCode::kHarness,
                    fmt::format("void: without any mutant seed {} shows {}: {}", canary->seeds,
                                canary->bucket, canary->message));
    }
  }

  // Without a fault every case that is used must pass, or no failure proves anything.
  template <typename Wanted>
  void check_canary(Wanted wanted) {
    const auto unmarked = [&](const scenario::Case& one) {
      return wanted(one) && !sound_.contains(one.id);
    };
    const Rounds rounds = rounds_of(cases_, unmarked);
    const auto trial = try_mutant("", rounds, catalogue_.registry);
    if (!trial) return;
    if (trial->kill) {
      throw Failure(judge::ExitCode::kHarness,
                    fmt::format("void: without any mutant {} fails by {}: {}", trial->kill->case_id,
                                compat::name_of(trial->kill->profile), trial->kill->how));
    }
    for (const Round& round : rounds) {
      for (const scenario::Case& one : round.cases) sound_.insert(one.id);
    }
  }

  // First the cases of the statements it breaks, then, if none of them notices, all others.
  std::optional<Outcome> put_on_trial(const Description& mutant) {
    const std::vector<std::string> statements = mutant.statements();
    const auto own = [&](const scenario::Case& one) { return exercises(one, statements); };
    const auto other = [&](const scenario::Case& one) { return !own(one); };
    const std::string name(mutant.name);
    auto trial = try_mutant(name, rounds_of(cases_, own), catalogue_.registry);
    if (!trial) return std::nullopt;
    if (trial->kill) return Outcome{&mutant, *trial};
    check_canary(other);
    auto more = try_mutant(name, rounds_of(cases_, other), catalogue_.registry);
    if (!more || Interrupt::requested()) return std::nullopt;
    more->cases += trial->cases;
    return Outcome{&mutant, *more, false};
  }

  judge::ExitCode conclude() const {
    const auto count = [&](const auto& counts) {
      return static_cast<std::size_t>(std::count_if(outcomes_.begin(), outcomes_.end(), counts));
    };
    const std::size_t killed = count([&](const Outcome& one) { return is_killed(one); });
    const std::size_t explorable =
        count([](const Outcome& one) { return one.exploration.has_value(); });
    const std::size_t explored =
        count([](const Outcome& one) { return one.exploration && one.exploration->killed; });
    const std::size_t elsewhere =
        count([](const Outcome& one) { return one.trial.kill && !one.own; });
    const bool complete = outcomes_.size() == mutants_.size();
    if (options_.json) {
      Json list = Json::array();
      for (const Outcome& outcome : outcomes_) list.push_back(to_json(outcome));
      const Json whole = {{"mutants", list},
                          {"total", mutants_.size()},
                          {"killed", killed},
                          {"explorable", explorable},
                          {"killedByExploration", explored},
                          {"killedElsewhere", elsewhere},
                          {"complete", complete}};
      fmt::print("{}\n", whole.dump(2, ' ', false, Json::error_handler_t::replace));
    } else {
      fmt::print("{} of {} mutants killed", killed, outcomes_.size());
      if (options_.by_exploration())
        fmt::print("; by exploration alone {} of the {} that it can reach", explored, explorable);
      if (elsewhere > 0) fmt::print(", {} of them not by their own statements", elsewhere);
      if (!complete) fmt::print("; interrupted: {} are left", mutants_.size() - outcomes_.size());
      fmt::print("\n");
    }
    if (killed < outcomes_.size()) return judge::ExitCode::kNotConformant;
    return complete ? judge::ExitCode::kConformant : judge::ExitCode::kIncomplete;
  }

  const MutantsOptions& options_;
  std::vector<const Description*> mutants_;
  Catalogue catalogue_;
  std::vector<scenario::Case> cases_;
  std::set<std::string> sound_;  // cases that pass without a mutant
  std::vector<Outcome> outcomes_;
};

judge::ExitCode list(const MutantsOptions& options) {
  Json array = Json::array();
  for (const Description* mutant : chosen_mutants(options.names)) {
    array.push_back(described(*mutant));
    if (options.json) continue;
    fmt::print("{}\n    {} ({}){}{}\n", mutant->name, mutant->fault, mutant->ids,
               mutant->explorable() ? "" : "; not explorable: ", mutant->not_explorable);
  }
  if (options.json) fmt::print("{}\n", array.dump(2));
  return judge::ExitCode::kConformant;
}

judge::ExitCode mutants_verb(const MutantsOptions& options) {
  if (!mutants::kAvailable) {
    usage_failure(
        "this build has no mutants; build it with the preset dev, asan or clang "
        "(TORPOR_MUTANTS=ON)");
  }
  return options.list ? list(options) : Trials(options).run();
}

}  // namespace

void add_mutants(CLI::App& app, Chosen& chosen) {
  auto options = std::make_shared<MutantsOptions>();
  CLI::App* verb = app.add_subcommand(
      "mutants", "Plant faults in the model, one at a time, and show that a case fails for each");
  verb->add_option("name", options->names, "Only these; '*' is any run of characters")
      ->type_name("NAME");
  verb->add_option("--by", options->by, "What is to kill them")
      ->check(CLI::IsMember({"catalogue", "exploration", "both"}))
      ->capture_default_str();
  verb->add_option("--seeds", options->seeds, "Exploration looks at so many seeds of each")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  verb->add_flag("--list", options->list, "Show what there is, and run nothing");
  verb->add_flag("--json", options->json, "One JSON object with all results, or the list");
  add_selection_options(*verb, options->catalogue);
  add_source_options(*verb, options->catalogue);
  verb->footer(
      "A mutant is killed when a case fails or warns, or the model crashes or does not come to an "
      "end;\n  with --by exploration, or both, when exploration finds it, if random scenarios can "
      "show it.\n"
      "Exit codes: 0 all killed, 1 one survives, 2 unknown name or a build without mutants,\n"
      "  4 void: a case fails without any mutant; 130 and 143 when interrupted.\n"
      "Example:\n  torpor mutants\n  torpor mutants 'auto-response-*' --json\n"
      "  torpor run close/server/reason-limit --mutant reason-limit-off-by-one");
  verb->callback([options, &chosen] { chosen.run = [options] { return mutants_verb(*options); }; });
}

}  // namespace torpor::tool
