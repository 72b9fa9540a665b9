// How much of what is stated the cases show.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "conformance/scenario/case.h"
#include "conformance/statements/registry.h"
#include "core/json.h"

namespace torpor::statements {

struct Tally {
  std::size_t covered = 0;     // testable, and named by a case
  std::size_t testable = 0;    // covered or not
  std::size_t untestable = 0;  // with a reason
  // Nothing testable counts as all of it. 99.96 is 99.9: 100 is said only of everything.
  std::size_t tenths_of_percent() const { return testable == 0 ? 1000 : covered * 1000 / testable; }
};

struct Coverage {
  Tally all;
  std::map<std::string, Tally> by_level;
  std::map<std::string, Tally> by_area;
  std::map<std::string, Tally> by_source;  // without versions; a statement counts for each it has
  // By id; into the registry.
  std::vector<const Statement*> uncovered;
  std::vector<const Statement*> untestable;
  // Not testable by their own word, and yet a case names them: one of the two is wrong.
  std::vector<const Statement*> doubted;
};

Coverage coverage_of(const Registry& registry, const std::vector<scenario::Case>& cases);

Json to_json(const Coverage& coverage);

}  // namespace torpor::statements
