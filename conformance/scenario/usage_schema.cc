#include "conformance/scenario/usage_schema.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace torpor::scenario {

namespace {

using Names = std::vector<std::string>;

// The members of the members; none: not an object with members of fixed names.
const std::vector<std::pair<std::string, Names>> kMembers = {
    {"requests", {"upgrade", "http", "alarm"}},
    {"messages", {"in", "out", "autoResponses", "pings"}},
    {"billedRequests", {"whole", "twentieths"}},
    {"rowsWritten", {"setAlarm"}},
    {"durationUs", {"billed", "free", "heldBy"}},
    {"inMemory", {}},
    {"heldBy", {}},
};

Names names_of_members() {
  Names names;
  for (const auto& [name, members] : kMembers) names.push_back(name);
  return names;
}

}  // namespace

void check_usage_pattern(Diagnostics& diagnostics, const Json& pattern,
                         const std::string& pointer) {
  if (pattern.empty())
    diagnostics.add(pointer, "this would match every usage; name at least one member");
  for (const auto& [name, value] : pattern.items()) {
    const std::string here = pointer + pointer_token(name);
    const auto known =
        std::find_if(kMembers.begin(), kMembers.end(),
                     [&key = name](const auto& member) { return member.first == key; });
    if (known == kMembers.end()) {
      diagnostics.add(here, "usage has no member " + not_one_of(name, names_of_members()));
      continue;
    }
    if (known->second.empty() || !value.is_object()) continue;
    for (const auto& [inner, ignored] : value.items()) {
      const Names& allowed = known->second;
      if (std::find(allowed.begin(), allowed.end(), inner) == allowed.end()) {
        diagnostics.add(here + pointer_token(inner),
                        name + " has no member " + not_one_of(inner, allowed));
      }
    }
  }
}

}  // namespace torpor::scenario
