#include "conformance/statements/registry.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "conformance/scenario/embedded.h"
#include "conformance/scenario/json_document.h"
#include "conformance/scenario/members.h"
#include "core/compat/flags.h"

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

constexpr std::array<std::pair<Reach, std::string_view>, 5> kReaches = {{
    {Reach::kEverywhere, "everywhere"},
    {Reach::kSim, "sim"},
    {Reach::kLocal, "local"},
    {Reach::kProduction, "production"},
    {Reach::kNowhere, "nowhere"},
}};

template <typename Value, std::size_t kCount>
std::string_view name_in(const std::array<std::pair<Value, std::string_view>, kCount>& names,
                         Value value) {
  return std::find_if(names.begin(), names.end(),
                      [&](const auto& known) { return known.first == value; })
      ->second;
}

template <typename Value, std::size_t kCount>
Value read_name(Members& members, const std::string& member, Presence presence,
                const std::array<std::pair<Value, std::string_view>, kCount>& names) {
  const std::string name = members.string(member, presence, std::string(names[0].second));
  std::vector<std::string> allowed;
  for (const auto& [value, text] : names) {
    if (text == name) return value;
    allowed.emplace_back(text);
  }
  members.complain(member, "unknown " + member + " " + scenario::not_one_of(name, allowed));
  return names[0].first;
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

void read_reach(Members& members, Statement& statement) {
  statement.reach = read_name(members, "testable", Presence::kOptional, kReaches);
  statement.why = members.string("why", Presence::kOptional);
  if ((statement.reach == Reach::kEverywhere) != statement.why.empty()) {
    members.complain("why", statement.why.empty()
                                ? "what cannot be shown everywhere needs the reason"
                                : "only what cannot be shown everywhere has a reason");
  }
}

Applies read_applies(Diagnostics& diagnostics, Members& members) {
  const Json* json = members.object("applies", Presence::kOptional);
  if (json == nullptr) return {};
  Members applies(diagnostics, *json, members.pointer_to("applies"));
  Applies result{applies.string("since", Presence::kOptional),
                 applies.string("until", Presence::kOptional),
                 applies.string("flag", Presence::kOptional)};
  for (const auto& [name, date] : {std::pair("since", result.since), {"until", result.until}}) {
    if (date.empty()) continue;
    const auto flags = compat::resolve_flags(date, {});
    if (const auto* error = std::get_if<compat::FlagError>(&flags))
      applies.complain(name, error->message);
  }
  applies.done();
  return result;
}

Statement read_statement(Diagnostics& diagnostics, const Json& json, const std::string& pointer) {
  Members members(diagnostics, json, pointer);
  Statement statement;
  statement.id = members.string("id", Presence::kRequired);
  statement.text = members.string("text", Presence::kRequired);
  statement.level = read_name(members, "level", Presence::kRequired, kLevels);
  statement.sources = read_sources(diagnostics, members);
  read_reach(members, statement);
  statement.applies = read_applies(diagnostics, members);
  statement.file = diagnostics.file();
  members.done();
  return statement;
}

}  // namespace

std::string_view name_of(Level level) {
  return name_in(kLevels, level);
}

std::string_view name_of(Reach reach) {
  return name_in(kReaches, reach);
}

std::string Statement::area() const {
  return std::filesystem::path(file).stem().string();
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
  if (loaded.problems.empty() && loaded.registry.all().empty())
    loaded.problems.push_back({directory, 0, 0, "", "holds no statements"});
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
