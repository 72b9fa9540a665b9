#include "conformance/statements/coverage.h"

#include <set>

namespace torpor::statements {
namespace {

std::set<std::string> named_by(const std::vector<scenario::Case>& cases) {
  std::set<std::string> ids;
  for (const scenario::Case& one : cases) ids.insert(one.statements.begin(), one.statements.end());
  return ids;
}

void count(Tally& tally, const Statement& statement, bool named) {
  if (!testable(statement.reach)) {
    ++tally.untestable;
    return;
  }
  ++tally.testable;
  tally.covered += named ? 1 : 0;
}

// "workerd" of "workerd@1.20261117.1".
std::set<std::string> sources_of(const Statement& statement) {
  std::set<std::string> names;
  for (const Source& source : statement.sources)
    names.insert(source.source.substr(0, source.source.find('@')));
  return names;
}

Json to_json(const Tally& tally) {
  return {
      {"covered", tally.covered}, {"testable", tally.testable}, {"notTestable", tally.untestable}};
}

Json to_json(const std::map<std::string, Tally>& tallies) {
  Json json = Json::object();
  for (const auto& [name, tally] : tallies) json[name] = to_json(tally);
  return json;
}

Json to_json(const std::vector<const Statement*>& statements) {
  Json json = Json::array();
  for (const Statement* statement : statements) {
    Json one = {{"id", statement->id},
                {"level", name_of(statement->level)},
                {"area", statement->area()},
                {"text", statement->text}};
    if (!statement->why.empty()) {
      one["testable"] = name_of(statement->reach);
      one["why"] = statement->why;
    }
    json.push_back(one);
  }
  return json;
}

}  // namespace

Coverage coverage_of(const Registry& registry, const std::vector<scenario::Case>& cases) {
  const std::set<std::string> named = named_by(cases);
  Coverage coverage;
  for (const auto& [id, statement] : registry.all()) {
    const bool is_named = named.count(id) > 0;
    count(coverage.all, statement, is_named);
    count(coverage.by_level[std::string(name_of(statement.level))], statement, is_named);
    count(coverage.by_area[statement.area()], statement, is_named);
    for (const std::string& source : sources_of(statement))
      count(coverage.by_source[source], statement, is_named);
    if (!testable(statement.reach)) {
      coverage.untestable.push_back(&statement);
      if (is_named) coverage.doubted.push_back(&statement);
    } else if (!is_named) {
      coverage.uncovered.push_back(&statement);
    }
  }
  return coverage;
}

Json to_json(const Coverage& coverage) {
  return {{"all", to_json(coverage.all)},
          {"byLevel", to_json(coverage.by_level)},
          {"byArea", to_json(coverage.by_area)},
          {"bySource", to_json(coverage.by_source)},
          {"notCovered", to_json(coverage.uncovered)},
          {"notTestable", to_json(coverage.untestable)}};
}

}  // namespace torpor::statements
