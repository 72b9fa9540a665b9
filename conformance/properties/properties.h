// What must hold in every run of every scenario of the fixture, whatever its program and its
// clients do: the invariants that exploration looks for, each tied to statements. For the profile
// `parity`.
#pragma once

#include <string>
#include <vector>

#include "conformance/properties/finding.h"
#include "conformance/scenario/case.h"
#include "core/trace/trace.h"

namespace torpor::properties {

struct Property {
  std::string name;  // the first part of Finding::property
  std::string what;
};

// For `torpor explore --help` and the documentation.
const std::vector<Property>& all_properties();

// A real server cannot tell after which entry of the log it was restarted.
bool can_judge(const trace::Trace& trace);
Findings check(const scenario::Case& scenario_case, const trace::Trace& trace);

// HIB-26 and HIB-10: the same run with an eviction wherever one is possible shows clients the same
// frames, and the log the same but for constructors and instance numbers.
Findings check_hibernation(const scenario::Case& scenario_case, const trace::Trace& awake,
                           const trace::Trace& evicted);
// Whether the scenario may be asked that: its program keeps nothing in memory and nothing of what
// hibernation is allowed to change is in it.
bool hibernation_is_invisible(const scenario::Case& scenario_case);

}  // namespace torpor::properties
