#include "conformance/report/result.h"

#include <algorithm>

namespace torpor::report {

using judge::ExitCode;
using judge::Outcome;

bool is_good(const CaseResult& result) {
  Outcome outcome = result.verdict.outcome;
  return !result.error && (outcome == Outcome::kPass || outcome == Outcome::kPassByAlternative ||
                           outcome == Outcome::kWarn || outcome == Outcome::kNotApplicable);
}

ExitCode exit_of(const CaseResult& result) {
  return result.error ? result.error->exit : judge::exit_code_of(result.verdict.outcome);
}

namespace {

template <class Predicate>
ExitCode worst_where(const Results& results, Predicate wanted) {
  ExitCode worst = ExitCode::kConformant;
  bool judged = false;
  for (const CaseResult& result : results.cases) {
    if (!wanted(result)) continue;
    judged = judged || result.verdict.outcome != Outcome::kNotApplicable;
    worst = judge::worst_of(worst, exit_of(result));
  }
  if (!results.complete) return judge::worst_of(worst, ExitCode::kIncomplete);
  return judged ? worst : ExitCode::kUsage;
}

}  // namespace

ExitCode exit_of(const Results& results) {
  ExitCode worst = worst_where(results, [](const CaseResult&) { return true; });
  // A profile under which nothing was judged was asked for in vain, whatever the others came to.
  for (const Column& column : columns_of(results)) worst = judge::worst_of(worst, exit_of(results, column));
  return worst;
}

ExitCode exit_of(const Results& results, const Column& column) {
  return worst_where(results, [&](const CaseResult& result) { return column.holds(result); });
}

bool Column::holds(const CaseResult& result) const { return result.target == target && result.profile == profile; }

std::vector<Column> columns_of(const Results& results) {
  std::vector<Column> columns;
  for (const CaseResult& result : results.cases) {
    bool known = std::any_of(columns.begin(), columns.end(), [&](const Column& c) { return c.holds(result); });
    if (!known) columns.push_back({result.target, result.target_version, result.profile});
  }
  return columns;
}

std::string_view word_for(ExitCode exit) {
  switch (exit) {
    case ExitCode::kConformant: return "conformant";
    case ExitCode::kNotConformant: return "not conformant";
    case ExitCode::kUsage: return "nothing judged";
    case ExitCode::kTarget: return "target failed";
    case ExitCode::kHarness: return "not decided";
    case ExitCode::kIncomplete: return "incomplete";
  }
  return "not decided";
}

}  // namespace torpor::report
