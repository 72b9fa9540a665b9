#include <fmt/format.h>

#include <algorithm>

#include "conformance/report/describe.h"
#include "conformance/report/terminal.h"
#include "conformance/scenario/problem.h"
#include "tools/torpor/catalogue.h"
#include "tools/torpor/command.h"

namespace torpor::tool {
namespace {

using scenario::expect::Item;
using scenario::expect::Items;

struct ExplainOptions {
  CatalogueOptions catalogue;
  std::string id;
};

// What an expectation's choices depend on.
struct View {
  const scenario::Case& scenario_case;
  compat::Profile profile;
};

bool names(const std::vector<std::string>& statements, const std::string& id) {
  return std::find(statements.begin(), statements.end(), id) != statements.end();
}

bool takes(const scenario::expect::When& when, const View& view) {
  auto holds = [](const auto& list, const auto& value) {
    return std::find(list.begin(), list.end(), value) != list.end();
  };
  if (!when.profiles.empty() && !holds(when.profiles, view.profile)) return false;
  for (const auto& [name, labels] : when.parameters) {
    for (const auto& [parameter, label] : view.scenario_case.parameters) {
      if (parameter == name && !holds(labels, label)) return false;
    }
  }
  return true;
}

void collect(const Items& items, const std::string& id, const View& view,
             std::vector<const Item*>& found);

// Goes down to the items that a profile sees: of a choice by profile only the side it takes.
void collect(const Item& item, const std::string& id, const View& view,
             std::vector<const Item*>& found) {
  namespace expect = scenario::expect;
  if (const auto* when = std::get_if<expect::When>(&item.what)) {
    collect(takes(*when, view) ? when->then : when->otherwise, id, view, found);
  } else if (const auto* unordered = std::get_if<expect::Unordered>(&item.what)) {
    collect(unordered->items, id, view, found);
  } else if (const auto* optional = std::get_if<expect::Optional>(&item.what)) {
    collect(optional->items, id, view, found);
  } else if (names(item.statements, id)) {
    found.push_back(&item);
  } else if (const auto* one_of = std::get_if<expect::OneOf>(&item.what)) {
    for (const expect::Alternative& alternative : one_of->alternatives)
      collect(alternative.items, id, view, found);
  }
}

void collect(const Items& items, const std::string& id, const View& view,
             std::vector<const Item*>& found) {
  for (const Item& item : items) collect(item, id, view, found);
}

void print_statement(const statements::Statement& statement, const report::Terminal& terminal) {
  fmt::print("{} ({})\n{}\n", terminal.paint(report::Colour::kBold, statement.id),
             statements::name_of(statement.level),
             report::wrap_indented(statement.text, terminal.columns - 4, "  "));
  for (const statements::Source& source : statement.sources) {
    fmt::print("  source: {} {}\n", source.source, source.section);
    if (!source.says.empty())
      fmt::print("{}\n", report::wrap_indented(source.says, terminal.columns - 8, "    "));
  }
  const auto& [since, until, flag] = statement.applies;
  if (!since.empty()) fmt::print("  since: {}\n", since);
  if (!until.empty()) fmt::print("  until: {}\n", until);
  if (!flag.empty()) fmt::print("  flag: {}\n", flag);
  if (!statement.why.empty())
    fmt::print("  testable: {}: {}\n", statements::name_of(statement.reach), statement.why);
}

void print_expectations(const scenario::Case& one, const std::string& id) {
  for (compat::Profile profile : one.profiles) {
    for (const scenario::Lane& lane : one.lanes) {
      std::vector<const Item*> found;
      collect(lane.items, id, {one, profile}, found);
      for (const Item* item : found) {
        fmt::print("      {:<10}  {}: {}\n", compat::name_of(profile), lane.name,
                   report::describe_expected(item->source));
      }
    }
  }
}

void print_case(const scenario::Case& one) {
  fmt::print("{}\n  {}\n  file: {}\n  statements: {}\n  profiles:", one.id, one.title, one.file,
             fmt::join(one.statements, ", "));
  for (compat::Profile profile : one.profiles) fmt::print(" {}", compat::name_of(profile));
  fmt::print("\n{}\n", one.source.dump(2));
}

// A line for each statement whose id matches; false when none does.
bool print_matching(const statements::Registry& registry, const std::string& glob) {
  const report::Terminal terminal = report::Terminal::of(stdout);
  bool any = false;
  for (const std::string& id : registry.ids()) {
    if (!glob_matches(glob, id)) continue;
    const statements::Statement& statement = *registry.find(id);
    fmt::print("{}  {:<8}  {}\n",
               terminal.paint(report::Colour::kBold, report::pad(statement.id, 9)),
               statements::name_of(statement.level), statement.text);
    any = true;
  }
  return any;
}

judge::ExitCode explain(const ExplainOptions& options) {
  Catalogue catalogue = load_catalogue(options.catalogue);
  if (options.id.find('*') != std::string::npos) {
    if (print_matching(catalogue.registry, options.id)) return judge::ExitCode::kConformant;
    usage_failure(fmt::format("no statement's id matches \"{}\"; `torpor explain '*'` lists them",
                              options.id));
  }
  const statements::Statement* statement = catalogue.registry.find(options.id);
  if (statement == nullptr) {
    for (const scenario::Case& one : catalogue.cases) {
      if (one.id != options.id && one.family != options.id) continue;
      print_case(one);
      return judge::ExitCode::kConformant;
    }
    usage_failure(
        fmt::format("unknown statement or case {}; `torpor explain '*'` lists the "
                    "statements, `torpor list` the cases",
                    scenario::not_one_of(options.id, catalogue.registry.ids())));
  }
  print_statement(*statement, report::Terminal::of(stdout));
  bool used = false;
  for (const scenario::Case& one : catalogue.cases) {
    if (!names(one.statements, options.id)) continue;
    fmt::print("{}    {}  {}\n", used ? "" : "  cases:\n", one.id, one.title);
    print_expectations(one, options.id);
    used = true;
  }
  if (!used) fmt::print("  no case shows it\n");
  return judge::ExitCode::kConformant;
}

}  // namespace

void add_explain(CLI::App& app, Chosen& chosen) {
  auto options = std::make_shared<ExplainOptions>();
  CLI::App* verb = app.add_subcommand(
      "explain", "Show a statement: its sources, its cases, what each profile expects");
  verb->add_option("id", options->id,
                   "A statement, a case, or a glob over statements: a line for each")
      ->required()
      ->type_name("ID");
  add_source_options(*verb, options->catalogue);
  verb->footer("Example:\n  torpor explain ATT-02\n  torpor explain 'ATT-*'");
  verb->callback([options, &chosen] { chosen.run = [options] { return explain(*options); }; });
}

}  // namespace torpor::tool
