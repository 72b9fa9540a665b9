// A worker's Wrangler configuration (wrangler.jsonc, wrangler.json, wrangler.toml), as far as it
// says what a server must know: code, compatibility date, Durable Object classes and their
// bindings. Source: the Durable Objects documentation, "Use WebSockets", "Configure your Wrangler
// file".
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "conformance/scenario/problem.h"

namespace torpor::wrangler {

// env.NAME is the namespace of the objects of that class.
struct Binding {
  std::string name;
  std::string class_name;
};

struct DurableClass {
  std::string name;
  bool sqlite = true;  // made by new_sqlite_classes
};

struct Configuration {
  std::string name;
  std::filesystem::path main;  // as seen from where the configuration was looked for
  std::string compatibility_date;
  std::vector<std::string> compatibility_flags;
  std::vector<Binding> bindings;
  // What the migrations come to, in their order.
  std::vector<DurableClass> classes;
};

// One of the two is empty.
struct Loaded {
  std::optional<Configuration> configuration;
  // What is wrong, where, and what to write instead; all of it.
  std::vector<scenario::Problem> problems;
};

// The ending of the file's name says the format. `main` must be there too.
Loaded load_configuration(const std::filesystem::path& file);
// The same of a text, wherever it comes from; nothing is asked about `main`.
Loaded parse_configuration(const std::string& text, const std::filesystem::path& file);

}  // namespace torpor::wrangler
