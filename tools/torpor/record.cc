#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <map>
#include <sstream>

#include "conformance/judge/judge.h"
#include "conformance/report/progress.h"
#include "core/trace/writer.h"
#include "tools/torpor/catalogue.h"
#include "tools/torpor/command.h"
#include "tools/torpor/files.h"
#include "tools/torpor/interrupt.h"
#include "tools/torpor/platform_options.h"
#include "tools/torpor/targets.h"

namespace torpor::tool {
namespace {

struct RecordOptions {
  std::string target;
  std::string profile = "parity";
  std::string folder = "traces";
  CatalogueOptions catalogue;
  RunSettings run;
  bool force = false;
};

// Said before anything runs: a recording takes minutes, and must not end in a refusal.
void check_names(const std::vector<scenario::Case>& cases, const RecordOptions& options) {
  std::map<std::string, std::string> taken;
  for (const scenario::Case& one : cases) {
    std::string name = trace_file_name(one.id);
    auto [place, added] = taken.emplace(name, one.id);
    if (!added)
      usage_failure(
          fmt::format("{} and {} would both be written to {}", place->second, one.id, name));
    std::filesystem::path path = std::filesystem::path(options.folder) / name;
    if (!options.force && std::filesystem::exists(path)) {
      usage_failure(fmt::format("{} is there already; --force replaces it", path.string()));
    }
  }
}

judge::ExitCode record(const RecordOptions& options) {
  check_target(options.target, options.run);
  compat::Profile profile = profile_from(options.profile);
  Catalogue catalogue = load_catalogue(options.catalogue);
  std::vector<scenario::Case> cases =
      applicable(select(catalogue.cases, options.catalogue), {profile});
  check_names(cases, options);
  make_folder(options.folder);
  judge::ExitCode worst = judge::ExitCode::kConformant;
  std::size_t written = 0;
  std::vector<std::string> failing;
  Interrupt interrupt;
  report::Progress progress(stderr, options.target, cases.size());
  RunEvents events;
  events.started = [&](const scenario::Case& one) { progress.started(one.id); };
  events.idle = [&] { progress.tick(); };
  events.finished = [&](const scenario::Case& one, const Observation& observation) {
    progress.finished(one.id, !observation.trace);
    if (!observation.trace) {
      progress.erase();
      fmt::print(stderr, "{}: not recorded: {}\n", one.id, why_none(observation));
      worst = judge::worst_of(
          worst, observation.error ? observation.error->exit : judge::ExitCode::kHarness);
      return;
    }
    std::ostringstream out;
    trace::write(out, *observation.trace);
    write_file((std::filesystem::path(options.folder) / trace_file_name(one.id)).string(),
               out.str());
    ++written;
    const judge::Verdict verdict =
        judge::judge(one, *observation.trace, profile, catalogue.registry);
    if (verdict.outcome == judge::Outcome::kFail) failing.push_back(one.id);
  };
  bool complete = run_cases(options.target, profile, cases, options.run, events);
  progress.erase();
  fmt::print("{} of {} cases recorded in {}\n", written, cases.size(), options.folder);
  if (!failing.empty())
    fmt::print("of these {} by their expectations: {}\n",
               failing.size() == 1 ? "one fails" : fmt::format("{} fail", failing.size()),
               fmt::join(failing, ", "));
  return complete ? worst : judge::worst_of(worst, judge::ExitCode::kIncomplete);
}

}  // namespace

void add_record(CLI::App& app, Chosen& chosen) {
  auto options = std::make_shared<RecordOptions>();
  CLI::App* verb =
      app.add_subcommand("record", "Write down what a target does, one trace for each case");
  verb->add_option("target", options->target, "sim, workerd, workerd@VERSION or tcp://HOST:PORT")
      ->required()
      ->type_name("TARGET");
  verb->add_option("--profile", options->profile, "The profile a replay is compared under")
      ->capture_default_str();
  verb->add_option("--out", options->folder, "Where to write")
      ->type_name("DIR")
      ->capture_default_str();
  verb->add_flag("--force", options->force, "Replace traces that are there");
  add_selection_options(*verb, options->catalogue);
  add_source_options(*verb, options->catalogue);
  add_run_options(*verb, options->run);
  verb->footer(
      "A trace is written whatever its verdict: it is what the target did.\n"
      "Example:\n  torpor record workerd --filter 'close/*' --out traces/workerd");
  verb->callback([options, &chosen] { chosen.run = [options] { return record(*options); }; });
}

}  // namespace torpor::tool
