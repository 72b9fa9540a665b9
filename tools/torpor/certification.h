// The bookkeeping of a certification: from what was observed to results, to the file, to the exit
// code.
#pragma once

#include <fstream>
#include <map>
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
  std::string not_applicable;  // why the case is not for the target; else empty
  std::string not_testable;    // why the target cannot show it; else empty
  std::optional<report::RunError> error;
  unsigned attempt = 1;
};

// Why there is no trace.
std::string why_none(const Observation& observation);

// What an observation is worth under each profile; judged once, however often it is asked.
class Opinions {
 public:
  // All references outlive the opinions.
  Opinions(const scenario::Case& scenario_case, const Observation& observation,
           const statements::Registry& registry)
      : case_(scenario_case), observation_(observation), registry_(registry) {}

  const judge::Verdict& under(compat::Profile profile);
  report::CaseResult result(compat::Profile profile, const std::string& reproduce);
  // Fills in what the documentation says otherwise.
  void add_contradictions(report::CaseResult& result);

 private:
  const scenario::Case& case_;
  const Observation& observation_;
  const statements::Registry& registry_;
  std::map<compat::Profile, judge::Verdict> verdicts_;
};

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
