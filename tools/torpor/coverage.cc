#include "conformance/statements/coverage.h"

#include <fmt/format.h>

#include <algorithm>

#include "conformance/report/terminal.h"
#include "tools/torpor/catalogue.h"
#include "tools/torpor/command.h"

namespace torpor::tool {
namespace {

using statements::Coverage;
using statements::Statement;
using statements::Tally;

struct CoverageOptions {
  CatalogueOptions catalogue;
  std::optional<unsigned> fail_under;
  bool all = false;
  bool json = false;
};

std::string percent_of(const Tally& tally) {
  const std::size_t tenths = tally.tenths_of_percent();
  return fmt::format("{}.{} %", tenths / 10, tenths % 10);
}

void print_group(const char* title, const std::map<std::string, Tally>& tallies) {
  fmt::print("\n{:<18}{:>9}{:>10}{:>10}{:>14}\n", title, "covered", "testable", "", "not testable");
  for (const auto& [name, tally] : tallies) {
    fmt::print("  {:<16}{:>9}{:>10}{:>10}{:>14}\n", name, tally.covered, tally.testable,
               percent_of(tally), tally.untestable);
  }
}

void print_statements(const char* title, const std::vector<const Statement*>& statements,
                      const report::Terminal& terminal) {
  if (statements.empty()) return;
  fmt::print("\n{}\n", title);
  for (const Statement* statement : statements) {
    fmt::print("  {}  {}\n", terminal.paint(report::Colour::kBold, statement->id), statement->text);
    if (!statement->why.empty())
      fmt::print("      {}: {}\n", statements::name_of(statement->reach), statement->why);
  }
}

void print_text(const Coverage& coverage, bool all) {
  const report::Terminal terminal = report::Terminal::of(stdout);
  fmt::print("{} of {} testable statements have a case ({}); {} are not testable here\n",
             coverage.all.covered, coverage.all.testable, percent_of(coverage.all),
             coverage.all.untestable);
  print_group("level", coverage.by_level);
  print_group("source", coverage.by_source);
  print_group("area", coverage.by_area);
  print_statements("no case:", coverage.uncovered, terminal);
  print_statements("a case although not testable by their own word:", coverage.doubted, terminal);
  if (all) print_statements("not testable here:", coverage.untestable, terminal);
}

judge::ExitCode coverage(const CoverageOptions& options) {
  const Catalogue catalogue = load_catalogue(options.catalogue);
  const Coverage coverage = statements::coverage_of(catalogue.registry, catalogue.cases);
  if (options.json) {
    fmt::print("{}\n", to_json(coverage).dump(2));
  } else {
    print_text(coverage, options.all);
  }
  if (!options.fail_under) return judge::ExitCode::kConformant;
  const bool enough = coverage.all.tenths_of_percent() >= *options.fail_under * 10;
  if (enough && coverage.doubted.empty()) return judge::ExitCode::kConformant;
  fmt::print(stderr, "torpor: {}\n",
             enough ? "a statement has a case although it says that it cannot be tested"
                    : fmt::format("coverage is {}, less than {} %", percent_of(coverage.all),
                                  *options.fail_under));
  return judge::ExitCode::kNotConformant;
}

}  // namespace

void add_coverage(CLI::App& app, Chosen& chosen) {
  auto options = std::make_shared<CoverageOptions>();
  CLI::App* verb =
      app.add_subcommand("coverage", "Show how much of what is stated the catalogue shows");
  verb->add_option("--fail-under", options->fail_under,
                   "Exit with 1 when less than this share of the testable statements has a case")
      ->type_name("PERCENT")
      ->check(CLI::Range(0U, 100U));
  verb->add_flag("--all", options->all, "Also name what is not testable, and why");
  verb->add_flag("--json", options->json, "Counts and statements as one JSON object");
  add_source_options(*verb, options->catalogue);
  verb->footer("Example:\n  torpor coverage --fail-under 100");
  verb->callback([options, &chosen] { chosen.run = [options] { return coverage(*options); }; });
}

}  // namespace torpor::tool
