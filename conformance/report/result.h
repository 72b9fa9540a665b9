// What one case came to on one target under one profile, and what a certification is made of. Plain
// values: written as they happen (results_writer.h), read back (results_reader.h), shown (table.h,
// html.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "conformance/judge/exit_code.h"
#include "conformance/judge/verdict.h"
#include "core/compat/profile.h"
#include "core/json.h"
#include "core/trace/trace.h"

namespace torpor::report {

inline constexpr int kResultsVersion = 1;

// Why there is no verdict.
struct RunError {
  judge::ExitCode exit = judge::ExitCode::kHarness;
  std::string message;
};

struct CaseResult {
  std::string case_id;
  std::string title;
  std::string file;
  std::vector<std::string> statements;
  std::string target;
  std::string target_version;
  compat::Profile profile = compat::Profile::kParity;
  judge::Verdict verdict;
  std::int64_t duration_ms = 0;  // on the target's clock: virtual for the simulator
  std::string digest;            // of the trace; empty without one
  unsigned attempt = 1;
  std::string reproduce;  // the one command that shows this again
  std::optional<RunError> error;
  // What the documentation says otherwise, of observations that are as the runtime is known to be.
  std::vector<judge::Divergence> contradictions;
  // Kept only where the verdict or a contradiction needs explaining.
  std::vector<trace::Event> events;
};

struct ResultsHeader {
  std::string torpor_version;
  std::string started;  // ISO 8601, UTC; empty when not known
  std::vector<std::string> targets;
  std::vector<compat::Profile> profiles;
  std::vector<std::string> selection;  // filters, ids and overrides as given
  std::size_t cases = 0;               // selected
};

// One digest over everything a target did under one profile.
struct CombinedDigest {
  std::string target;
  compat::Profile profile = compat::Profile::kParity;
  std::string digest;
};

struct Results {
  ResultsHeader header;
  std::vector<CaseResult> cases;
  std::vector<CombinedDigest> digests;
  bool complete = false;  // false: the run was interrupted, or the file was cut
  judge::ExitCode exit = judge::ExitCode::kIncomplete;
};

// A case that is as expected: passed, or only warned.
bool is_good(const CaseResult& result);
judge::ExitCode exit_of(const CaseResult& result);
// The worst of all, kIncomplete when not complete, kUsage when there is nothing that was judged.
judge::ExitCode exit_of(const Results& results);

// Adds the cases of another certification; complete only when both are.
void append(Results& all, Results more);

// By case id, numbers in it by their value; what was judged first of a case stays first.
void sort_cases(Results& results);

// What was judged, by target, its version and profile, in the order in which they first appear: the
// columns of every table.
struct Column {
  std::string target;
  std::string target_version;
  compat::Profile profile = compat::Profile::kParity;

  bool holds(const CaseResult& result) const;
};
std::vector<Column> columns_of(const Results& results);
// What a table shows for a case: of several results the worst; null when there is none.
const CaseResult* cell_of(const Results& results, const std::string& case_id, const Column& column);
judge::ExitCode exit_of(const Results& results, const Column& column);
// "conformant", "not conformant", "target failed", ...
std::string_view word_for(judge::ExitCode exit);
// The same for all of a column, where a failure is not hidden behind what could not be decided.
std::string_view word_for(const Results& results, const Column& column);

}  // namespace torpor::report
