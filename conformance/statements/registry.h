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

// Where a statement can be shown to hold, or not to.
enum class Reach {
  kEverywhere,
  kSim,         // only where time, network and memory are the harness's
  kLocal,       // only on a server on this machine: what a simulator has no place for
  kProduction,  // only on the platform's own network
  kNowhere,     // not observable, or not repeatable
};

std::string_view name_of(Reach reach);
// Whether a case can be written for it here.
constexpr bool testable(Reach reach) {
  return reach != Reach::kProduction && reach != Reach::kNowhere;
}

// Compatibility dates (YYYY-MM-DD) and the flag it hangs on; empty where it does not.
struct Applies {
  std::string since;
  std::string until;  // that date excluded
  std::string flag;
};

struct Statement {
  std::string id;
  std::string text;
  Level level = Level::kMust;
  std::vector<Source> sources;
  Reach reach = Reach::kEverywhere;
  std::string why;  // it cannot be shown everywhere; empty if it can
  Applies applies;
  std::string file;

  // "close" of ".../close.json".
  std::string area() const;
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

// Every *.json of a folder, in order of their names. That they hold no statement is a problem too.
LoadedRegistry load_registry(const std::string& directory);
// The statements this binary was built with.
LoadedRegistry embedded_registry();

}  // namespace torpor::statements
