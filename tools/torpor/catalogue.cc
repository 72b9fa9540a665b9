#include "tools/torpor/catalogue.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <cstdio>

#include "conformance/scenario/loader.h"
#include "core/compat/flags.h"
#include "tools/torpor/command.h"

namespace torpor::tool {
namespace {

[[noreturn]] void refuse(const std::vector<scenario::Problem>& problems) {
  for (const scenario::Problem& problem : problems) fmt::print(stderr, "{}\n", problem.to_string());
  usage_failure(fmt::format("{} {} above; nothing was run", problems.size(),
                            problems.size() == 1 ? "problem, shown" : "problems, shown"));
}

std::vector<std::string> ids_of(const std::vector<scenario::Case>& cases) {
  std::vector<std::string> ids;
  for (const scenario::Case& one : cases) ids.push_back(one.id);
  return ids;
}

// A case is meant by its id, or, for all of a family, by the family's.
bool means(const std::string& id, const scenario::Case& one) {
  return one.id == id || one.family == id;
}

// The ids close to a wrong one: those that share its first part, at most a handful.
std::string near(const std::string& wrong, const std::vector<std::string>& ids) {
  std::string group = wrong.substr(0, wrong.find('/'));
  std::string out;
  int shown = 0;
  for (const std::string& id : ids) {
    if (id.rfind(group, 0) == 0 && shown++ < 5) out += "\n  " + id;
  }
  return out.empty() ? "; `torpor list` shows them all"
                     : fmt::format("; some that are there:{}", out);
}

void check_selection(const std::vector<scenario::Case>& cases, const CatalogueOptions& options) {
  for (const std::string& filter : options.filters) {
    auto matches = [&](const scenario::Case& one) { return glob_matches(filter, one.id); };
    if (std::none_of(cases.begin(), cases.end(), matches)) {
      usage_failure(
          fmt::format("nothing selected: no case matches --filter {}; `torpor list` shows the ids",
                      shell_word(filter)));
    }
  }
  for (const std::string& id : options.ids) {
    if (std::none_of(cases.begin(), cases.end(),
                     [&](const scenario::Case& one) { return means(id, one); })) {
      usage_failure(fmt::format("unknown case {}{}", shell_word(id), near(id, ids_of(cases))));
    }
  }
  if (cases.empty()) usage_failure("nothing selected: the catalogue has no case");
}

// Cases that name a date are about it.
void date_cases(std::vector<scenario::Case>& cases, const std::string& date) {
  const auto flags = compat::resolve_flags(date, {});
  if (const auto* problem = std::get_if<compat::FlagError>(&flags))
    usage_failure(fmt::format("--compatibility-date: {}", problem->message));
  for (scenario::Case& one : cases) {
    const Json configuration = one.source.value("configuration", Json::object());
    if (configuration.contains("compatibilityDate")) continue;
    one.configuration.compatibility_date = date;
    one.source["configuration"]["compatibilityDate"] = date;
  }
}

}  // namespace

void add_source_options(CLI::App& verb, CatalogueOptions& options) {
  verb.add_option("--catalogue", options.paths,
                  "Scenario files or folders instead of the built-in catalogue")
      ->type_name("PATH")
      ->allow_extra_args(false);
  verb.add_option("--statements", options.statements,
                  "Folder of statements instead of the built-in ones")
      ->type_name("DIR");
  verb.add_option("--compatibility-date", options.compatibility_date,
                  "For cases that name none, instead of the newest rules")
      ->type_name("DATE");
}

void add_selection_options(CLI::App& verb, CatalogueOptions& options) {
  verb.add_option("--filter", options.filters, "Only cases whose id matches; '*' also matches '/'")
      ->type_name("GLOB")
      ->allow_extra_args(false);
  verb.add_option("--case", options.ids, "Only this case, or this family of cases")
      ->type_name("ID")
      ->allow_extra_args(false);
}

statements::Registry load_statements(const CatalogueOptions& options) {
  statements::LoadedRegistry loaded = options.statements.empty()
                                          ? statements::embedded_registry()
                                          : statements::load_registry(options.statements);
  if (!loaded.problems.empty()) refuse(loaded.problems);
  return std::move(loaded.registry);
}

Catalogue load_catalogue(const CatalogueOptions& options) {
  Catalogue catalogue;
  catalogue.registry = load_statements(options);
  scenario::Loaded loaded = options.paths.empty()
                                ? scenario::embedded_catalogue(catalogue.registry)
                                : scenario::load_catalogue(options.paths, catalogue.registry);
  if (!loaded.ok()) refuse(loaded.problems);
  catalogue.cases = std::move(loaded.cases);
  if (!options.compatibility_date.empty()) date_cases(catalogue.cases, options.compatibility_date);
  return catalogue;
}

std::vector<scenario::Case> select(const std::vector<scenario::Case>& cases,
                                   const CatalogueOptions& options) {
  check_selection(cases, options);
  if (options.filters.empty() && options.ids.empty()) return cases;
  std::vector<scenario::Case> selected;
  for (const scenario::Case& one : cases) {
    bool wanted =
        std::any_of(options.filters.begin(), options.filters.end(),
                    [&](const std::string& filter) { return glob_matches(filter, one.id); }) ||
        std::any_of(options.ids.begin(), options.ids.end(),
                    [&](const std::string& id) { return means(id, one); });
    if (wanted) selected.push_back(one);
  }
  return selected;
}

std::vector<scenario::Case> applicable(const std::vector<scenario::Case>& cases,
                                       const std::vector<compat::Profile>& profiles) {
  std::vector<scenario::Case> kept;
  for (const scenario::Case& one : cases) {
    if (std::any_of(profiles.begin(), profiles.end(),
                    [&](compat::Profile profile) { return one.applies_to(profile); })) {
      kept.push_back(one);
    }
  }
  if (!kept.empty()) return kept;
  auto names = [](const std::vector<compat::Profile>& list) {
    std::string out;
    for (compat::Profile profile : list) out += fmt::format(" {}", compat::name_of(profile));
    return out;
  };
  usage_failure(fmt::format("nothing selected: no case is for the profile{}; {} is for{}",
                            names(profiles), cases.front().id, names(cases.front().profiles)));
}

bool glob_matches(const std::string& glob, const std::string& text) {
  // Ids have brackets ("echo[date=2026-04-06]"), which fnmatch would take for a set of characters.
  std::string pattern;
  for (char c : glob) {
    if (c == '[' || c == ']' || c == '\\') pattern += '\\';
    pattern += c;
  }
  return fnmatch(pattern.c_str(), text.c_str(), 0) == 0;
}

std::string shell_word(const std::string& text) {
  static const std::string kSafe =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=@,+%";
  if (!text.empty() && text.find_first_not_of(kSafe) == std::string::npos) return text;
  std::string out = "'";
  for (char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + "'";
}

std::string source_arguments(const CatalogueOptions& options) {
  std::string out;
  for (const std::string& path : options.paths)
    out += fmt::format(" --catalogue {}", shell_word(path));
  if (!options.statements.empty())
    out += fmt::format(" --statements {}", shell_word(options.statements));
  if (!options.compatibility_date.empty())
    out += fmt::format(" --compatibility-date {}", options.compatibility_date);
  return out;
}

}  // namespace torpor::tool
