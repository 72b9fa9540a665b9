// Events and expectations in the words a person reads in a terminal or a page.
#pragma once

#include <string>

#include "core/json.h"
#include "core/trace/trace.h"

namespace torpor::report {

// "Close 1000 \"bye\"", "text \"hello\"", "sent 11 octets 81 85 …", "log close a 1006 …"
std::string describe(const trace::Event& event);

// An expectation, in the words that describe_got has for what it matches; a compound one as
// written. Without what is only commentary (statement, note). Also a recorded event. "nothing more"
// for null.
std::string describe_expected(const Json& item);

// Both of a divergence. Where the words would be the same, only what differs, as recorded.
struct Sides {
  std::string expected;
  std::string got;
};
Sides describe_sides(const Json& expected, const Json& got);

// What was seen: an event or a log entry. "nothing" for null.
std::string describe_got(const Json& got);

// Seconds with milliseconds: "12.345".
std::string describe(Time time);

}  // namespace torpor::report
