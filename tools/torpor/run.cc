#include <fmt/format.h>

#include <filesystem>
#include <sstream>

#include "conformance/report/explanation.h"
#include "conformance/report/table.h"
#include "conformance/report/usage_text.h"
#include "core/trace/writer.h"
#include "tools/torpor/catalogue.h"
#include "tools/torpor/certification.h"
#include "tools/torpor/command.h"
#include "tools/torpor/files.h"
#include "tools/torpor/interrupt.h"
#include "tools/torpor/lanes.h"
#include "tools/torpor/platform_options.h"
#include "tools/torpor/targets.h"

namespace torpor::tool {
namespace {

struct RunVerbOptions {
  std::string what;
  std::string target = "sim";
  std::string profile = "parity";
  std::string trace;
  CatalogueOptions catalogue;
  RunSettings run;
  bool verbose = false;
};

// A file is a catalogue of its own; anything else is the id of a case or of a family.
void resolve(RunVerbOptions& options) {
  if (std::filesystem::exists(options.what)) {
    options.catalogue.paths = {options.what};
  } else if (options.what.starts_with('/') || options.what.ends_with(".json")) {
    usage_failure(fmt::format("{}: no such file", options.what));
  } else {
    options.catalogue.ids = {options.what};
  }
}

void keep_trace(const std::string& path, const trace::Trace& trace, std::size_t cases) {
  if (cases > 1)
    usage_failure("--trace takes one case; add its parameters: torpor run 'ID[name=value]'");
  std::ostringstream out;
  trace::write(out, trace);
  write_file(path, out.str());
}

// What the object had cost when the run was over; nothing on a target that does not tell.
std::string usage_of(const trace::Trace& trace, const report::Terminal& terminal) {
  for (const trace::Event& event : trace.events) {
    if (event.actor == "harness" && event.kind == "usage")
      return report::usage_section(event.members.at("entry"), terminal);
  }
  return "";
}

judge::ExitCode run(RunVerbOptions options) {
  resolve(options);
  check_target(options.target, options.run);
  compat::Profile profile = profile_from(options.profile);
  Catalogue catalogue = load_catalogue(options.catalogue);
  std::vector<scenario::Case> cases =
      applicable(select(catalogue.cases, options.catalogue), {profile});
  report::Terminal terminal = report::Terminal::of(stdout);
  Certification certification({}, "");
  Interrupt interrupt;
  RunEvents events;
  events.finished = [&](const scenario::Case& one, const Observation& observation) {
    if (observation.trace)
      fmt::print("{}{}", lanes_text(*observation.trace, options.verbose, terminal),
                 usage_of(*observation.trace, terminal));
    if (observation.trace && !options.trace.empty())
      keep_trace(options.trace, *observation.trace, cases.size());
    std::string reproduce =
        fmt::format("torpor run {} --target {} --profile {}{}{}", shell_word(one.id),
                    options.target, options.profile, run_arguments(options.target, options.run),
                    source_arguments(options.catalogue));
    report::CaseResult result =
        Opinions(one, observation, catalogue.registry).result(profile, reproduce);
    fmt::print("{}\n", report::failure_text(result, catalogue.registry, terminal));
    certification.add(std::move(result));
  };
  bool complete = run_cases(options.target, profile, cases, options.run, events);
  return certification.finish(complete && !Interrupt::requested()).exit;
}

}  // namespace

void add_run(CLI::App& app, Chosen& chosen) {
  auto options = std::make_shared<RunVerbOptions>();
  CLI::App* verb = app.add_subcommand("run", "Run one scenario and show what happened");
  verb->add_option("scenario", options->what, "A scenario file, or the id of a case or a family")
      ->required()
      ->type_name("FILE|ID");
  verb->add_option("--target", options->target, "sim, workerd, workerd@VERSION or tcp://HOST:PORT")
      ->capture_default_str();
  verb->add_option("--profile", options->profile, "documented, parity or rfc6455")
      ->capture_default_str();
  verb->add_option("--trace", options->trace, "Write the trace here")->type_name("FILE");
  verb->add_flag("-v,--verbose", options->verbose, "Show the octets the client wrote too");
  add_source_options(*verb, options->catalogue);
  add_run_options(*verb, options->run);
  verb->footer(
      "Example:\n  torpor run close/client/no-code --target workerd\n  torpor run my-scenario.json "
      "--target sim -v");
  verb->callback([options, &chosen] { chosen.run = [options] { return run(*options); }; });
}

}  // namespace torpor::tool
