// The bookkeeping of a certification: from what was observed to results, to the file, to the exit
// code.
#pragma once

#include <fstream>
#include <memory>
#include <optional>
#include <string>

#include "conformance/report/result.h"
#include "conformance/report/results_writer.h"
#include "conformance/scenario/case.h"
#include "conformance/statements/registry.h"
#include "core/trace/trace.h"

namespace torpor::tool {

// One case on one target: a trace, or why there is none.
struct Observation {
  std::string target;
  std::string target_version;
  std::optional<trace::Trace> trace;
  std::string not_testable;  // why the target cannot show it; else empty
  std::optional<report::RunError> error;
  unsigned attempt = 1;
};

// What an observation is worth under a profile.
report::CaseResult judged(const scenario::Case& scenario_case, const Observation& observation,
                          compat::Profile profile, const statements::Registry& registry,
                          const std::string& reproduce);

// Collects results, streaming each to a file as it comes.
class Certification {
 public:
  // `path`: where results are streamed to; empty: nowhere; "-": standard output.
  Certification(report::ResultsHeader header, const std::string& path);

  void add(report::CaseResult result);
  // Writes the footer when everything that was selected has been judged; an interrupted run leaves
  // it out.
  const report::Results& finish(bool complete);

  const report::Results& results() const { return results_; }

 private:
  report::Results results_;
  std::ofstream file_;
  std::unique_ptr<report::ResultsWriter> writer_;
};

// The digest of everything the simulator did, in the order of the cases, which is fixed.
std::vector<report::CombinedDigest> combined_digests(const report::Results& results);

// Now, in UTC: "2026-11-20T10:00:00Z".
std::string present_time();

}  // namespace torpor::tool
