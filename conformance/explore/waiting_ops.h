// Ops of random programs that take time: timers, waits, what else holds an object or holds back its
// events.
#pragma once

#include "conformance/explore/ops_draw.h"

namespace torpor::explore {

// A wait, and the entry of the log that tells that it is over.
void add_sleep(OpsDraw& draw, Json& ops, std::int64_t ms_max);
// `later`: what a timer may do.
void add_waiting(OpsDraw& draw, Json& ops, const Json& later);
// A blockConcurrencyWhile() that fails: the object is reset (HIB-16).
Json failing_block(OpsDraw& draw);
// Waits for ever, and holds the object for as long; in most programs it answers instead.
Json endless(OpsDraw& draw);
// A request that takes its time to be answered.
Json slow_request(OpsDraw& draw);

}  // namespace torpor::explore
