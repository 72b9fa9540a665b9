#include <fmt/format.h>

#include <fstream>

#include "conformance/judge/replay_compare.h"
#include "conformance/judge/replay_lines.h"
#include "conformance/report/explanation.h"
#include "conformance/scenario/loader.h"
#include "core/trace/reader.h"
#include "tools/torpor/catalogue.h"
#include "tools/torpor/command.h"
#include "tools/torpor/files.h"
#include "tools/torpor/interrupt.h"
#include "tools/torpor/platform_options.h"
#include "tools/torpor/targets.h"

namespace torpor::tool {
namespace {

struct ReplayOptions {
  std::vector<std::string> traces;
  std::string target = "sim";
  std::string profile;
  CatalogueOptions catalogue;
  RunSettings run;
};

struct Recording {
  std::string path;
  trace::Header header;
  std::string digest;
  std::optional<trace::Trace> trace;  // read already
  scenario::Case scenario_case;
  compat::Profile profile;
};

Recording load(const std::string& path, const ReplayOptions& options,
               const statements::Registry& registry) {
  Recording recording;
  recording.path = path;
  if (auto outline = trace::outline_file(path)) {
    recording.header = std::move(outline->header);
    recording.digest = std::move(outline->digest);
  } else {
    recording.trace = read_trace(path);
    recording.header = recording.trace->header;
    recording.digest = recording.trace->digest;
  }
  recording.profile =
      profile_from(options.profile.empty() ? recording.header.profile : options.profile);
  scenario::Loaded loaded = scenario::load_case(recording.header.scenario, path, registry);
  for (const scenario::Problem& problem : loaded.problems)
    fmt::print(stderr, "{}\n", problem.to_string());
  if (!loaded.ok())
    usage_failure(fmt::format("{}: its scenario cannot be used; record it again", path));
  recording.scenario_case = std::move(loaded.cases.front());
  return recording;
}

// The recording's events are read only when neither its digest nor its lines say all.
judge::Comparison comparison_of(const Recording& recording, const trace::Trace& fresh,
                                const statements::Registry& registry) {
  if (judge::same_by_digest(recording.digest, fresh)) return {.sameness = judge::Sameness::kSame};
  std::ifstream lines(recording.path, std::ios::binary);
  if (!recording.trace && judge::same_line_by_line(lines, fresh))
    return {.sameness = judge::Sameness::kSame};
  const trace::Trace recorded = recording.trace ? *recording.trace : read_trace(recording.path);
  return judge::compare(recorded, fresh, recording.scenario_case, recording.profile, registry);
}

judge::ExitCode tell(const Recording& recording, const trace::Trace& fresh,
                     const statements::Registry& registry) {
  const judge::Comparison comparison = comparison_of(recording, fresh, registry);
  const trace::Header& header = recording.header;
  std::string title =
      fmt::format("{} ({} {}, on {} {})", header.case_id, header.target_name, header.target_version,
                  fresh.header.target_name, fresh.header.target_version);
  switch (comparison.sameness) {
    case judge::Sameness::kSame:
      fmt::print("same      {}\n", title);
      return judge::ExitCode::kConformant;
    case judge::Sameness::kSameByAlternative:
      fmt::print("same      {} by permitted alternative: {}\n", title,
                 fmt::join(comparison.alternatives, ", "));
      return judge::ExitCode::kConformant;
    case judge::Sameness::kDiverged:
      break;
  }
  fmt::print("diverged  {}\n", title);
  if (comparison.divergence) {
    report::Terminal terminal = report::Terminal::of(stdout);
    fmt::print("{}", report::divergence_text(*comparison.divergence, registry, terminal));
  }
  return judge::ExitCode::kNotConformant;
}

std::string reproduce(const Recording& recording, const ReplayOptions& options) {
  return fmt::format("torpor replay {} --target {} --profile {}{}{}", shell_word(recording.path),
                     options.target, compat::name_of(recording.profile),
                     run_arguments(options.target, options.run),
                     source_arguments(options.catalogue));
}

// One recording's turn on the target.
judge::ExitCode conclude(const Recording& recording, const Observation& observation,
                         const ReplayOptions& options, const statements::Registry& registry) {
  judge::ExitCode exit = judge::ExitCode::kHarness;
  if (observation.trace) {
    exit = tell(recording, *observation.trace, registry);
  } else {
    fmt::print("no trace  {}: {}\n", recording.scenario_case.id, why_none(observation));
    if (observation.error) exit = observation.error->exit;
  }
  if (exit != judge::ExitCode::kConformant) {
    fmt::print("    reproduce: {}\n", reproduce(recording, options));
  }
  return exit;
}

// All recordings of one profile in one go: a real target is started once, and waits for all of them
// at the same time.
judge::ExitCode replay_all(const std::vector<Recording>& recordings, compat::Profile profile,
                           const ReplayOptions& options, const statements::Registry& registry) {
  std::vector<scenario::Case> cases;
  std::vector<const Recording*> by_case;
  for (const Recording& recording : recordings) {
    if (recording.profile != profile) continue;
    cases.push_back(recording.scenario_case);
    by_case.push_back(&recording);
  }
  judge::ExitCode worst = judge::ExitCode::kConformant;
  if (cases.empty()) return worst;
  RunEvents events;
  events.finished = [&](const scenario::Case& one, const Observation& observation) {
    const Recording& recording = *by_case[static_cast<std::size_t>(&one - cases.data())];
    worst = judge::worst_of(worst, conclude(recording, observation, options, registry));
  };
  bool complete = run_cases(options.target, profile, cases, options.run, events);
  return complete ? worst : judge::worst_of(worst, judge::ExitCode::kIncomplete);
}

judge::ExitCode replay(const ReplayOptions& options) {
  check_target(options.target, options.run);
  statements::Registry registry = load_statements(options.catalogue);
  std::vector<Recording> recordings;
  for (const std::string& path : trace_files(options.traces))
    recordings.push_back(load(path, options, registry));
  judge::ExitCode worst = judge::ExitCode::kConformant;
  Interrupt interrupt;
  for (compat::Profile profile : compat::kProfiles) {
    worst = judge::worst_of(worst, replay_all(recordings, profile, options, registry));
  }
  return worst;
}

}  // namespace

void add_replay(CLI::App& app, Chosen& chosen) {
  auto options = std::make_shared<ReplayOptions>();
  CLI::App* verb = app.add_subcommand(
      "replay", "Run recorded traces again and say whether the target does the same");
  verb->add_option("trace", options->traces,
                   "Files written by `record` or `run --trace`, or folders of them")
      ->required()
      ->type_name("TRACE");
  verb->add_option("--target", options->target, "sim, workerd, workerd@VERSION or tcp://HOST:PORT")
      ->capture_default_str();
  verb->add_option("--profile", options->profile, "Instead of the profile in the trace");
  verb->add_option("--statements", options->catalogue.statements,
                   "Folder of statements instead of the built-in ones")
      ->type_name("DIR");
  add_run_options(*verb, options->run);
  verb->footer(
      "Ends with 0 when all are the same, 1 when one diverges, 2 when a trace cannot be read.\n"
      "Example:\n  torpor replay traces --target sim");
  verb->callback([options, &chosen] { chosen.run = [options] { return replay(*options); }; });
}

}  // namespace torpor::tool
