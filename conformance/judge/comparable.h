// What of an event two equal runs have in common.
#pragma once

#include "core/json.h"
#include "core/trace/trace.h"

namespace torpor::judge {

// The event without what no two runs share: keys, dates, the log's `seq` and `at`. REQUIRES: an
// event of a lane.
Json comparable(const trace::Event& event);

}  // namespace torpor::judge
