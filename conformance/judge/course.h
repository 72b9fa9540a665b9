// All that a run showed, to be compared with other runs of its case.
#pragma once

#include "conformance/scenario/case.h"
#include "core/json.h"
#include "core/trace/trace.h"

namespace torpor::judge {

// What each client received, and the object's log in its order, without times and without what no
// two runs share (comparable.h): {"CLIENT": [...], "object": [...]}.
Json course_of(const trace::Trace& trace);

// Whether that is one of the outcomes of the case; false for a case that lists none.
bool is_outcome(const scenario::Case& scenario_case, const Json& course);

}  // namespace torpor::judge
