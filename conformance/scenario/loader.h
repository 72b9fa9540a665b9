// From scenario files to cases. A file with a problem gives no case; every problem of every file is
// told.
#pragma once

#include <string>
#include <vector>

#include "conformance/scenario/case.h"
#include "conformance/scenario/problem.h"
#include "conformance/statements/registry.h"
#include "core/json.h"

namespace torpor::scenario {

struct Loaded {
  // In the order of the files, families expanded in the order of their parameters.
  std::vector<Case> cases;
  std::vector<Problem> problems;

  bool ok() const { return problems.empty(); }
};

Loaded load_scenario_text(const std::string& text, const std::string& file,
                          const statements::Registry& registry);
Loaded load_scenario_file(const std::string& path, const statements::Registry& registry);
// Files, and folders with all *.json below them in order of their names. A duplicate id is a
// problem.
Loaded load_catalogue(const std::vector<std::string>& paths, const statements::Registry& registry);
// The catalogue this binary was built with.
Loaded embedded_catalogue(const statements::Registry& registry);

// One case out of a trace's header. `name` is what problems call it.
Loaded load_case(const Json& expanded, const std::string& name,
                 const statements::Registry& registry);

}  // namespace torpor::scenario
