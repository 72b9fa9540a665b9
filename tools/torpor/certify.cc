#include <fmt/format.h>

#include <algorithm>

#include "conformance/report/html.h"
#include "conformance/report/progress.h"
#include "conformance/report/table.h"
#include "tools/torpor/catalogue.h"
#include "tools/torpor/certification.h"
#include "tools/torpor/command.h"
#include "tools/torpor/files.h"
#include "tools/torpor/interrupt.h"
#include "tools/torpor/platform_options.h"
#include "tools/torpor/targets.h"

namespace torpor::tool {
namespace {

using Cases = std::vector<scenario::Case>;
using Profiles = std::vector<compat::Profile>;

struct CertifyOptions {
  std::vector<std::string> targets;
  std::vector<std::string> profiles;
  CatalogueOptions catalogue;
  RunSettings run;
  std::string results;
  std::string html;
  std::size_t repeat = 1;
  bool json = false;
};

Profiles profiles_of(const CertifyOptions& options) {
  Profiles profiles;
  for (const std::string& name : options.profiles) {
    compat::Profile profile = profile_from(name);
    if (std::find(profiles.begin(), profiles.end(), profile) == profiles.end())
      profiles.push_back(profile);
  }
  return profiles;
}

// Each so many times, the whole selection before any of it again.
Cases repeated(const Cases& cases, std::size_t times) {
  Cases all;
  for (std::size_t i = 0; i < times; ++i) all.insert(all.end(), cases.begin(), cases.end());
  return all;
}

// One command's worth of state, from the first case to the table.
class Certify {
 public:
  explicit Certify(const CertifyOptions& options)
      : options_(options),
        profiles_(profiles_of(options)),
        catalogue_(load_catalogue(options.catalogue)),
        selected_(repeated(select(catalogue_.cases, options.catalogue), options.repeat)),
        certification_(header(), results_path()) {
    if (!options_.html.empty() && options_.html == options_.results)
      usage_failure(fmt::format("--html and --results are both {}", options_.html));
  }

  judge::ExitCode run() {
    Interrupt interrupt;
    bool complete = true;
    for (const std::string& target : options_.targets) complete = complete && run_target(target);
    const report::Results& results = certification_.finish(complete && !Interrupt::requested());
    show(results);
    return results.exit;
  }

 private:
  report::ResultsHeader header() const {
    report::ResultsHeader header;
    header.torpor_version = kVersion;
    header.started = present_time();
    header.targets = options_.targets;
    header.profiles = profiles_;
    for (const std::string& filter : options_.catalogue.filters)
      header.selection.push_back("--filter " + filter);
    for (const std::string& id : options_.catalogue.ids) header.selection.push_back("--case " + id);
    for (const std::string& set : options_.run.sets) header.selection.push_back("--set " + set);
    if (!options_.run.mutant.empty()) header.selection.push_back("--mutant " + options_.run.mutant);
    header.selection.push_back(fmt::format("--seed {}", options_.run.seed));
    if (options_.repeat > 1)
      header.selection.push_back(fmt::format("--repeat {}", options_.repeat));
    if (!options_.catalogue.compatibility_date.empty())
      header.selection.push_back("--compatibility-date " + options_.catalogue.compatibility_date);
    header.cases = selected_.size();
    return header;
  }

  std::string results_path() const { return options_.json ? "-" : options_.results; }

  // The model is run once for each profile, since it behaves by it; a real target behaves as it
  // does, once.
  bool run_target(const std::string& target) {
    if (!is_simulated(target)) return run_profiles(target, profiles_.front(), profiles_);
    for (compat::Profile profile : profiles_) {
      if (!run_profiles(target, profile, {profile})) return false;
    }
    return true;
  }

  bool run_profiles(const std::string& target, compat::Profile run_as, const Profiles& judged_by) {
    Cases cases = applicable(selected_, judged_by);
    report::Progress progress(stderr, target, cases.size());
    RunEvents events;
    events.started = [&](const scenario::Case& one) { progress.started(one.id); };
    events.idle = [&] { progress.tick(); };
    events.finished = [&](const scenario::Case& one, const Observation& observation) {
      progress.finished(one.id, !judge_case(one, observation, judged_by));
    };
    try {
      return run_cases(target, run_as, cases, options_.run, events);
    } catch (const Failure& failure) {
      if (failure.exit() != judge::ExitCode::kTarget) throw;
      progress.erase();
      fmt::print(stderr, "torpor: {}\n", failure.what());
      nothing_seen(target, cases, judged_by, {failure.exit(), failure.what()});
      return true;
    }
  }

  // A target that cannot be reached fails every case; the other targets are still judged.
  void nothing_seen(const std::string& target, const Cases& cases, const Profiles& judged_by,
                    const report::RunError& error) {
    Observation observation;
    observation.target = target;
    observation.error = error;
    for (const scenario::Case& one : cases) judge_case(one, observation, judged_by);
  }

  bool judge_case(const scenario::Case& one, const Observation& observation,
                  const Profiles& judged_by) {
    bool good = true;
    Opinions opinions(one, observation, catalogue_.registry);
    for (compat::Profile profile : judged_by) {
      if (!one.applies_to(profile)) continue;
      report::CaseResult result =
          opinions.result(profile, reproduce(one, observation.target, profile));
      // A model that was told to follow the documentation is no witness against it.
      bool witness = !is_simulated(observation.target) || profile == compat::Profile::kParity;
      if (witness) opinions.add_contradictions(result);
      good = good && report::is_good(result);
      certification_.add(std::move(result));
    }
    return good;
  }

  std::string reproduce(const scenario::Case& one, const std::string& target,
                        compat::Profile profile) const {
    return fmt::format("torpor run {} --target {} --profile {}{}{}", shell_word(one.id), target,
                       compat::name_of(profile), run_arguments(target, options_.run),
                       source_arguments(options_.catalogue));
  }

  void show(const report::Results& results) const {
    if (!options_.html.empty())
      write_file(options_.html, report::html_page(results, catalogue_.registry));
    if (options_.json) return;
    fmt::print("{}", report::full_text(results, catalogue_.registry, report::Terminal::of(stdout)));
    if (!results.complete) fmt::print("interrupted: {} results are kept\n", results.cases.size());
    if (!options_.html.empty()) fmt::print("page     {}\n", options_.html);
    if (!options_.results.empty()) fmt::print("results  {}\n", options_.results);
  }

  const CertifyOptions& options_;
  Profiles profiles_;
  Catalogue catalogue_;
  Cases selected_;
  Certification certification_;
};

judge::ExitCode certify(const CertifyOptions& options) {
  for (const std::string& target : options.targets) check_target(target, options.run);
  return Certify(options).run();
}

constexpr const char* kFooter =
    "Exit codes: 0 conformant, 1 not, 2 usage or nothing selected, 3 target unreachable or died,\n"
    "  4 harness error, unknown or not testable, 5 incomplete; 130 and 143 when interrupted "
    "(results are kept).\n"
    "Example:\n"
    "  torpor certify sim\n"
    "  torpor certify sim workerd --profile parity --profile documented --html report.html\n"
    "  torpor certify workerd --case close/crossing --repeat 20\n"
    "  torpor certify tcp://127.0.0.1:8787 --filter 'close/*' --results results.jsonl";

}  // namespace

void add_certify(CLI::App& app, Chosen& chosen) {
  auto options = std::make_shared<CertifyOptions>();
  options->profiles = {"parity"};
  CLI::App* verb =
      app.add_subcommand("certify", "Run the catalogue on targets and say whether they conform");
  verb->add_option("target", options->targets, "sim, workerd, workerd@VERSION or tcp://HOST:PORT")
      ->required()
      ->type_name("TARGET");
  verb->add_option("--profile", options->profiles,
                   "documented, parity or rfc6455; several judge the same run")
      ->allow_extra_args(false)
      ->capture_default_str();
  add_selection_options(*verb, options->catalogue);
  add_source_options(*verb, options->catalogue);
  add_run_options(*verb, options->run);
  auto* results =
      verb->add_option("--results", options->results, "Stream the results here, as JSON Lines")
          ->type_name("FILE");
  verb->add_option("--html", options->html, "Write one self-contained page here")
      ->type_name("FILE");
  verb->add_option("--repeat", options->repeat,
                   "Each case so many times: what is a race must come out well each time")
      ->type_name("N")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  verb->add_flag("--json", options->json, "The results as JSON Lines on standard output, no table")
      ->excludes(results);
  verb->footer(kFooter);
  verb->callback([options, &chosen] { chosen.run = [options] { return certify(*options); }; });
}

}  // namespace torpor::tool
