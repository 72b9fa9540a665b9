// The permitted outcomes of a case with a race: all that can be seen of it on the model, whatever
// the order of what happens at one instant and however long octets travel.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "conformance/explore/exhaustive.h"
#include "conformance/scenario/case.h"
#include "conformance/targets/simulated.h"
#include "core/json.h"
#include "sim/choices.h"

namespace torpor::explore {

struct CaseOutcome {
  Json course;  // judge::course_of
  std::uint64_t runs = 0;
  sim::Choices choices;  // of the first run that came to it: none has fewer
};

struct CaseOutcomes {
  std::vector<CaseOutcome> all;        // in the order in which they were found
  std::vector<std::string> not_ended;  // why, of runs that did not come to their end
  Exhausted runs;
};

// REQUIRES: the case's simulation has choices; its network says what may vary.
CaseOutcomes outcomes_of(const scenario::Case& scenario_case, const compat::Parameters& parameters,
                         const ExhaustiveOptions& options, const std::atomic<bool>& stop);

}  // namespace torpor::explore
