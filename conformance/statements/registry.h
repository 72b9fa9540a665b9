// The numbered statements: one testable sentence each, with its level and its sources.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/scenario/problem.h"

namespace torpor::statements {

// What a mismatch means: must and observed fail, should and may warn.
enum class Level { kMust, kShould, kMay, kObserved };

std::string_view name_of(Level level);
std::optional<Level> level_named(std::string_view name);
constexpr bool fails(Level level) {
  return level == Level::kMust || level == Level::kObserved;
}

struct Source {
  std::string source;  // "docs", "rfc6455", "rfc7692", "workerd@1.20261117.1", ...
  std::string section;
  std::string says;  // what this source says where sources disagree; else empty
};

struct Statement {
  std::string id;
  std::string text;
  Level level = Level::kMust;
  std::vector<Source> sources;
  std::string file;
};

class Registry {
 public:
  // Adds the statements of one file; a problem with the file adds none of them. An id that is there
  // already is a problem.
  std::vector<scenario::Problem> add_text(const std::string& text, const std::string& file);

  const Statement* find(const std::string& id) const;
  std::vector<std::string> ids() const;  // sorted
  const std::map<std::string, Statement>& all() const { return statements_; }

 private:
  std::map<std::string, Statement> statements_;
};

struct LoadedRegistry {
  Registry registry;
  std::vector<scenario::Problem> problems;
};

// Every *.json of a folder, in order of their names.
LoadedRegistry load_registry(const std::string& directory);
// The statements this binary was built with.
LoadedRegistry embedded_registry();

}  // namespace torpor::statements
