// Short handlers, each about one rule that the long ones seldom meet with nothing else in its way.
#pragma once

#include "conformance/explore/ops_draw.h"

namespace torpor::explore {

Json focused(OpsDraw& draw);

}  // namespace torpor::explore
