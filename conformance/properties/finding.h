// What a property found broken in one run.
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/json.h"

namespace torpor::properties {

struct Finding {
  std::string property;                 // its name
  std::vector<std::string> statements;  // what is broken
  std::string message;                  // one sentence for a person
  Json expected = nullptr;              // null where there is nothing to show
  Json got = nullptr;
  std::string lane = {};                  // "object", or a client
  std::optional<std::size_t> event = {};  // index into the trace's events
};

struct Findings {
  std::vector<Finding> found;
  // Statements of which something was there to be judged.
  std::set<std::string> exercised;
  // The program was followed through the whole log; else only as far as the rules known here go.
  bool followed = false;
};

}  // namespace torpor::properties
