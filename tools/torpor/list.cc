#include <fmt/format.h>

#include <algorithm>

#include "conformance/report/terminal.h"
#include "core/json.h"
#include "tools/torpor/catalogue.h"
#include "tools/torpor/command.h"

namespace torpor::tool {
namespace {

struct ListOptions {
  CatalogueOptions catalogue;
  bool json = false;
};

Json to_json(const scenario::Case& one) {
  Json profiles = Json::array();
  for (compat::Profile profile : one.profiles) profiles.push_back(compat::name_of(profile));
  return {{"id", one.id},         {"title", one.title}, {"statements", one.statements},
          {"profiles", profiles}, {"needs", one.needs}, {"file", one.file}};
}

void print_table(const std::vector<scenario::Case>& cases) {
  report::Terminal terminal = report::Terminal::of(stdout);
  std::size_t width = 0;
  for (const scenario::Case& one : cases) width = std::max(width, report::width_of(one.id));
  for (const scenario::Case& one : cases) {
    fmt::print("{}  {}\n", report::pad(one.id, width),
               terminal.paint(report::Colour::kFaint, one.title));
  }
}

judge::ExitCode list(const ListOptions& options) {
  Catalogue catalogue = load_catalogue(options.catalogue);
  std::vector<scenario::Case> cases = select(catalogue.cases, options.catalogue);
  if (!options.json) {
    print_table(cases);
    return judge::ExitCode::kConformant;
  }
  Json array = Json::array();
  for (const scenario::Case& one : cases) array.push_back(to_json(one));
  fmt::print("{}\n", array.dump(2));
  return judge::ExitCode::kConformant;
}

}  // namespace

void add_list(CLI::App& app, Chosen& chosen) {
  auto options = std::make_shared<ListOptions>();
  CLI::App* verb = app.add_subcommand("list", "Show the cases of the catalogue");
  verb->add_option("filter", options->catalogue.filters,
                   "Only cases whose id matches; '*' also matches '/'")
      ->type_name("GLOB");
  add_source_options(*verb, options->catalogue);
  verb->add_flag("--json", options->json, "A JSON list with statements, profiles and needs");
  verb->footer("Example:\n  torpor list 'close/*' --json");
  verb->callback([options, &chosen] { chosen.run = [options] { return list(*options); }; });
}

}  // namespace torpor::tool
