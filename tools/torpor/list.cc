#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "conformance/report/terminal.h"
#include "core/json.h"
#include "tools/torpor/catalogue.h"
#include "tools/torpor/command.h"

namespace torpor::tool {
namespace {

// Each empty one takes every case; of several values of one, any is enough.
struct Properties {
  std::vector<std::string> areas, levels, sources;  // of one of the case's statements
  std::vector<std::string> features;                // that the case needs of a target
  std::vector<std::string> profiles;
};

struct ListOptions {
  CatalogueOptions catalogue;
  Properties properties;
  bool json = false;
};

bool holds(const std::vector<std::string>& wanted, std::string_view value) {
  return std::find(wanted.begin(), wanted.end(), value) != wanted.end();
}

// "workerd" means it at any version.
bool has_source(const statements::Statement& statement, const std::vector<std::string>& wanted) {
  return std::any_of(statement.sources.begin(), statement.sources.end(), [&](const auto& source) {
    return holds(wanted, source.source) ||
           holds(wanted, source.source.substr(0, source.source.find('@')));
  });
}

bool has(const statements::Statement& statement, const Properties& wanted) {
  return (wanted.areas.empty() || holds(wanted.areas, statement.area())) &&
         (wanted.levels.empty() || holds(wanted.levels, statements::name_of(statement.level))) &&
         (wanted.sources.empty() || has_source(statement, wanted.sources));
}

bool has(const scenario::Case& one, const Properties& wanted,
         const statements::Registry& registry) {
  const auto profile_wanted = [&](compat::Profile profile) {
    return holds(wanted.profiles, compat::name_of(profile));
  };
  const auto feature_wanted = [&](const std::string& need) { return holds(wanted.features, need); };
  const auto statement_wanted = [&](const std::string& id) {
    return has(*registry.find(id), wanted);
  };
  return (wanted.profiles.empty() ||
          std::any_of(one.profiles.begin(), one.profiles.end(), profile_wanted)) &&
         (wanted.features.empty() ||
          std::any_of(one.needs.begin(), one.needs.end(), feature_wanted)) &&
         std::any_of(one.statements.begin(), one.statements.end(), statement_wanted);
}

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

void check_known(const char* option, const std::vector<std::string>& wanted,
                 const std::set<std::string>& known) {
  for (const std::string& one : wanted) {
    if (!known.contains(one))
      usage_failure(fmt::format("{}: unknown {}", option,
                                scenario::not_one_of(one, {known.begin(), known.end()})));
  }
}

// Areas, sources and features are those that the statements and the cases have.
void check_known(const Properties& wanted, const Catalogue& catalogue) {
  std::set<std::string> areas, sources, features;
  for (const std::string& id : catalogue.registry.ids()) {
    const statements::Statement& statement = *catalogue.registry.find(id);
    areas.insert(std::string(statement.area()));
    for (const auto& source : statement.sources)
      sources.insert(source.source.substr(0, source.source.find('@')));
  }
  for (const scenario::Case& one : catalogue.cases)
    features.insert(one.needs.begin(), one.needs.end());
  check_known("--area", wanted.areas, areas);
  std::vector<std::string> plain;  // without versions
  for (const std::string& source : wanted.sources)
    plain.push_back(source.substr(0, source.find('@')));
  check_known("--source", plain, sources);
  check_known("--feature", wanted.features, features);
}

judge::ExitCode list(const ListOptions& options) {
  Catalogue catalogue = load_catalogue(options.catalogue);
  check_known(options.properties, catalogue);
  std::vector<scenario::Case> cases = select(catalogue.cases, options.catalogue);
  std::erase_if(cases, [&](const scenario::Case& one) {
    return !has(one, options.properties, catalogue.registry);
  });
  if (cases.empty()) usage_failure("nothing selected: no case has all of these properties");
  if (!options.json) {
    print_table(cases);
    return judge::ExitCode::kConformant;
  }
  Json array = Json::array();
  for (const scenario::Case& one : cases) array.push_back(to_json(one));
  fmt::print("{}\n", array.dump(2));
  return judge::ExitCode::kConformant;
}

void add_property_options(CLI::App& verb, Properties& properties) {
  const auto add = [&](const char* name, std::vector<std::string>& values, const char* help) {
    return verb.add_option(name, values, help)->allow_extra_args(false);
  };
  add("--area", properties.areas, "Only cases with a statement of this area: close, tags, ...")
      ->type_name("AREA");
  add("--level", properties.levels, "Only cases with a statement of this level")
      ->check(CLI::IsMember({"must", "should", "may", "observed"}));
  add("--source", properties.sources,
      "Only cases with a statement from this source: docs, rfc6455, rfc7692, workerd")
      ->type_name("SOURCE");
  add("--feature", properties.features,
      "Only cases that need this of a target: evict, deploy, storage, ...")
      ->type_name("FEATURE");
  add("--profile", properties.profiles, "Only cases of this profile")
      ->check(CLI::IsMember({"documented", "parity", "rfc6455"}));
}

}  // namespace

void add_list(CLI::App& app, Chosen& chosen) {
  auto options = std::make_shared<ListOptions>();
  CLI::App* verb = app.add_subcommand("list", "Show the cases of the catalogue");
  verb->add_option("filter", options->catalogue.filters,
                   "Only cases whose id matches; '*' also matches '/'")
      ->type_name("GLOB");
  add_property_options(*verb, options->properties);
  add_source_options(*verb, options->catalogue);
  verb->add_flag("--json", options->json, "A JSON list with statements, profiles and needs");
  verb->footer(
      "Example:\n  torpor list 'close/*' --json\n  torpor list --source docs --level must "
      "--profile documented");
  verb->callback([options, &chosen] { chosen.run = [options] { return list(*options); }; });
}

}  // namespace torpor::tool
