// `code` and `reason`, or `hex`, or neither: the payload of a Close frame, sent or expected.
#pragma once

#include <string>

#include "conformance/scenario/members.h"

namespace torpor::scenario {

std::string read_close_payload(Diagnostics& diagnostics, Members& members);

}  // namespace torpor::scenario
