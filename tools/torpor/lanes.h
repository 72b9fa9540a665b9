// A trace for a person: what happened, when, and whose doing it was.
#pragma once

#include <string>

#include "conformance/report/terminal.h"
#include "core/trace/trace.h"

namespace torpor::tool {

// One line per event, by time; the entries of a real object's log, which are read later than they
// are written, at the time "by" which they were there. Without `verbose` without the octets the
// client wrote.
std::string lanes_text(const trace::Trace& trace, bool verbose, const report::Terminal& terminal);

}  // namespace torpor::tool
