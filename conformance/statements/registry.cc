#include "conformance/statements/registry.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "conformance/scenario/embedded.h"
#include "conformance/scenario/json_document.h"
#include "conformance/scenario/members.h"

namespace torpor::statements {

namespace {

using scenario::Diagnostics;
using scenario::Members;
using scenario::Presence;
using scenario::Problem;

constexpr std::array<std::pair<Level, std::string_view>, 4> kLevels = {{
    {Level::kMust, "must"},
    {Level::kShould, "should"},
    {Level::kMay, "may"},
    {Level::kObserved, "observed"},
}};

Level read_level(Members& members) {
  const std::string name = members.string("level", Presence::kRequired, "must");
  if (const auto level = level_named(name)) return *level;
  std::vector<std::string> allowed;
  for (const auto& [level, text] : kLevels) allowed.emplace_back(text);
  members.complain("level", "unknown level " + scenario::not_one_of(name, allowed));
  return Level::kMust;
}

std::vector<Source> read_sources(Diagnostics& diagnostics, Members& members) {
  std::vector<Source> sources;
  const Json* list = members.array("sources", Presence::kRequired);
  if (list == nullptr) return sources;
  if (list->empty()) members.complain("sources", "a statement needs at least one source");
  for (std::size_t i = 0; i < list->size(); ++i) {
    Members source(diagnostics, (*list)[i],
                   members.pointer_to("sources") + "/" + std::to_string(i));
    sources.push_back({source.string("source", Presence::kRequired),
                       source.string("section", Presence::kOptional),
                       source.string("says", Presence::kOptional)});
    source.done();
  }
  return sources;
}

Statement read_statement(Diagnostics& diagnostics, const Json& json, const std::string& pointer) {
  Members members(diagnostics, json, pointer);
  Statement statement;
  statement.id = members.string("id", Presence::kRequired);
  statement.text = members.string("text", Presence::kRequired);
  statement.level = read_level(members);
  statement.sources = read_sources(diagnostics, members);
  statement.file = diagnostics.file();
  members.done();
  return statement;
}

}  // namespace

std::string_view name_of(Level level) {
  return std::find_if(kLevels.begin(), kLevels.end(),
                      [&](const auto& known) { return known.first == level; })
      ->second;
}

std::optional<Level> level_named(std::string_view name) {
  for (const auto& [level, text] : kLevels) {
    if (text == name) return level;
  }
  return std::nullopt;
}

std::vector<Problem> Registry::add_text(const std::string& text, const std::string& file) {
  std::vector<Problem> problems;
  const auto document = scenario::parse_document(text, file, problems);
  if (!document) return problems;
  Diagnostics diagnostics(*document, problems);
  if (!document->json.is_array()) {
    diagnostics.add("", "must be a list of statements, not " + scenario::shown(document->json));
    return problems;
  }
  std::map<std::string, Statement> added;
  for (std::size_t i = 0; i < document->json.size(); ++i) {
    const std::string pointer = "/" + std::to_string(i);
    Statement statement = read_statement(diagnostics, document->json[i], pointer);
    const Statement* known = find(statement.id);
    if (known != nullptr) {
      diagnostics.add(pointer + "/id",
                      "\"" + statement.id + "\" is already a statement of " + known->file);
    } else if (std::string id = statement.id; !added.emplace(id, std::move(statement)).second) {
      diagnostics.add(pointer + "/id", "\"" + id + "\" is already a statement of this file");
    }
  }
  if (problems.empty()) statements_.merge(added);
  return problems;
}

const Statement* Registry::find(const std::string& id) const {
  const auto it = statements_.find(id);
  return it == statements_.end() ? nullptr : &it->second;
}

std::vector<std::string> Registry::ids() const {
  std::vector<std::string> ids;
  for (const auto& [id, statement] : statements_) ids.push_back(id);
  return ids;
}

LoadedRegistry load_registry(const std::string& directory) {
  LoadedRegistry loaded;
  std::vector<std::string> paths;
  std::error_code error;
  for (std::filesystem::directory_iterator it(directory, error), end; !error && it != end;
       it.increment(error)) {
    if (it->path().extension() == ".json") paths.push_back(it->path().generic_string());
  }
  if (error)
    loaded.problems.push_back({directory, 0, 0, "", "cannot be listed: " + error.message()});
  std::sort(paths.begin(), paths.end());
  for (const std::string& path : paths) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    if (in) text << in.rdbuf();
    const auto problems = in ? loaded.registry.add_text(text.str(), path)
                             : std::vector<Problem>{{path, 0, 0, "", "cannot be read"}};
    loaded.problems.insert(loaded.problems.end(), problems.begin(), problems.end());
  }
  return loaded;
}

LoadedRegistry embedded_registry() {
  LoadedRegistry loaded;
  for (const scenario::EmbeddedFile& file : scenario::embedded_statement_files()) {
    const auto problems = loaded.registry.add_text(std::string(file.text), std::string(file.path));
    loaded.problems.insert(loaded.problems.end(), problems.begin(), problems.end());
  }
  return loaded;
}

}  // namespace torpor::statements
