// Streams results to a file: each line is flushed when it is written, so that a kill loses nothing.
#pragma once

#include <cstddef>
#include <ostream>

#include "conformance/report/result.h"

namespace torpor::report {

class ResultsWriter {
 public:
  // Writes the header. `out` must outlive the writer. Throws std::ios_base::failure when the disk
  // does not take a line.
  ResultsWriter(std::ostream& out, const ResultsHeader& header);

  void add(const CaseResult& result);
  // Only when the run is complete.
  void finish(judge::ExitCode exit, const std::vector<CombinedDigest>& digests);

 private:
  void line(const Json& json);

  std::ostream& out_;
  std::size_t written_ = 0;
};

}  // namespace torpor::report
