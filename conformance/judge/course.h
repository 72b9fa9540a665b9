// All that a run showed, to be compared with other runs of its case.
#pragma once

#include "core/json.h"
#include "core/trace/trace.h"

namespace torpor::judge {

// What each client received, and the object's log in its order, without times and without what no
// two runs share (comparable.h): {"CLIENT": [...], "object": [...]}.
Json course_of(const trace::Trace& trace);

}  // namespace torpor::judge
