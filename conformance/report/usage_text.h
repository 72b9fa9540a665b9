// What an object has cost, for a person: the answer of the fixture contract in words.
#pragma once

#include <string>

#include "conformance/report/terminal.h"
#include "core/json.h"

namespace torpor::report {

// "2 1/20 requests, 60.000 s billed, held by timer": one line.
std::string usage_line(const Json& usage);

// A heading and a line for each of requests, messages, what is billed and what held the object.
std::string usage_section(const Json& usage, const Terminal& terminal);

}  // namespace torpor::report
