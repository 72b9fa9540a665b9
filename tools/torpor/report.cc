#include <fmt/format.h>

#include <fstream>

#include "conformance/report/html.h"
#include "conformance/report/results_reader.h"
#include "conformance/report/table.h"
#include "tools/torpor/catalogue.h"
#include "tools/torpor/command.h"
#include "tools/torpor/files.h"

namespace torpor::tool {
namespace {

struct ReportOptions {
  CatalogueOptions catalogue;
  std::vector<std::string> files;
  std::string html;
};

judge::ExitCode report_files(const ReportOptions& options) {
  statements::Registry registry = load_statements(options.catalogue);
  report::Results results = read_all_results(options.files);
  if (!options.html.empty()) write_file(options.html, report::html_page(results, registry));
  fmt::print("{}", report::full_text(results, registry, report::Terminal::of(stdout)));
  return report::exit_of(results);
}

}  // namespace

void add_report(CLI::App& app, Chosen& chosen) {
  auto options = std::make_shared<ReportOptions>();
  CLI::App* verb = app.add_subcommand(
      "report", "Show results that were written before, as a table and as a page");
  verb->add_option("results", options->files,
                   "Files written by `certify --results`; several are shown together")
      ->required()
      ->type_name("FILE");
  verb->add_option("--html", options->html, "Write one self-contained page here")
      ->type_name("FILE");
  add_source_options(*verb, options->catalogue);
  verb->footer(
      "Ends with the exit code of the certification: 5 when a file was cut.\n"
      "Example:\n  torpor report sim.jsonl workerd.jsonl --html report.html");
  verb->callback([options, &chosen] { chosen.run = [options] { return report_files(*options); }; });
}

}  // namespace torpor::tool
