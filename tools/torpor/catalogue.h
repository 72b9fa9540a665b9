// Which cases a command is about: where they come from, and which of them are selected.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "conformance/scenario/case.h"
#include "conformance/statements/registry.h"
#include "core/compat/profile.h"

namespace torpor::tool {

struct CatalogueOptions {
  std::vector<std::string> paths;    // scenario files or folders; empty: the built-in catalogue
  std::string statements;            // folder; empty: the built-in statements
  std::vector<std::string> filters;  // globs over ids
  std::vector<std::string> ids;      // exact ids
  std::string compatibility_date;    // for cases that name none; empty: the newest rules
};

struct Catalogue {
  statements::Registry registry;
  std::vector<scenario::Case> cases;
};

// --catalogue, --statements and --compatibility-date.
void add_source_options(CLI::App& verb, CatalogueOptions& options);
// --filter and --case.
void add_selection_options(CLI::App& verb, CatalogueOptions& options);

// Problems are printed one per line; then Failure (usage).
statements::Registry load_statements(const CatalogueOptions& options);
Catalogue load_catalogue(const CatalogueOptions& options);

// The cases that match any filter or id, in the order of the catalogue; without filters and ids:
// all of them. A filter that matches nothing and an unknown id are failures (usage).
std::vector<scenario::Case> select(const std::vector<scenario::Case>& cases,
                                   const CatalogueOptions& options);

// Those that one of the profiles applies to. Failure (usage) when that is none.
std::vector<scenario::Case> applicable(const std::vector<scenario::Case>& cases,
                                       const std::vector<compat::Profile>& profiles);

// '*' is any run of characters, '/' included; '?' is one character; everything else, '[' too, is
// itself.
bool glob_matches(const std::string& glob, const std::string& text);

// Ready to be pasted into a shell.
std::string shell_word(const std::string& text);

// The options that make another command find the same cases: " --catalogue DIR --statements DIR
// --compatibility-date DATE", or nothing.
std::string source_arguments(const CatalogueOptions& options);

}  // namespace torpor::tool
