// Reads results back. A file that was cut keeps what is there and says so; a damaged one is
// refused.
#pragma once

#include <istream>
#include <string>
#include <variant>

#include "conformance/report/result.h"

namespace torpor::report {

struct ReadError {
  std::string message;  // FILE:LINE: what is wrong, and what to do
};

// Results::complete is false when the footer is missing; an unfinished last line is dropped.
std::variant<Results, ReadError> read_results(std::istream& in, const std::string& name);
std::variant<Results, ReadError> read_results_file(const std::string& path);

}  // namespace torpor::report
