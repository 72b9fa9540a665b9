// Ops of random programs that store things and set alarms.
#pragma once

#include <string>

#include "conformance/explore/ops_draw.h"

namespace torpor::explore {

Json sql(const std::string& query);
void add_storage(OpsDraw& draw, Json& ops);
Json set_alarm(OpsDraw& draw);
void add_alarm(OpsDraw& draw, Json& ops);
Json alarm_handler(OpsDraw& draw);

}  // namespace torpor::explore
