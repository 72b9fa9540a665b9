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
  for (const Column& column : columns_of(results))
    worst = judge::worst_of(worst, exit_of(results, column));
  return worst;
}

ExitCode exit_of(const Results& results, const Column& column) {
  return worst_where(results, [&](const CaseResult& result) { return column.holds(result); });
}

void append(Results& all, Results more) {
  auto move_into = [](auto& to, auto& from) { to.insert(to.end(), from.begin(), from.end()); };
  if (all.header.torpor_version.empty()) {
    all.header = more.header;
  } else {
    move_into(all.header.targets, more.header.targets);
    all.header.cases = std::max(all.header.cases, more.header.cases);
  }
  move_into(all.cases, more.cases);
  move_into(all.digests, more.digests);
  all.complete = all.complete && more.complete;
  all.exit = exit_of(all);
  sort_cases(all);
}

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// The run of digits or of other characters at the front; taken off.
std::string_view take_run(std::string_view& text) {
  std::size_t length = 1;
  while (length < text.size() && is_digit(text[length]) == is_digit(text[0])) ++length;
  std::string_view run = text.substr(0, length);
  text.remove_prefix(length);
  return run;
}

bool natural_less(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    std::string_view x = take_run(a);
    std::string_view y = take_run(b);
    if (x == y) continue;
    if (is_digit(x[0]) && is_digit(y[0]) && x.size() != y.size()) return x.size() < y.size();
    return x < y;
  }
  return a.empty() && !b.empty();
}

}  // namespace

void sort_cases(Results& results) {
  std::stable_sort(
      results.cases.begin(), results.cases.end(),
      [](const CaseResult& a, const CaseResult& b) { return natural_less(a.case_id, b.case_id); });
}

bool Column::holds(const CaseResult& result) const {
  return result.target == target && result.target_version == target_version &&
         result.profile == profile;
}

const CaseResult* cell_of(const Results& results, const std::string& case_id,
                          const Column& column) {
  const CaseResult* worst = nullptr;
  for (const CaseResult& result : results.cases) {
    if (result.case_id != case_id || !column.holds(result)) continue;
    bool worse =
        worst == nullptr || (exit_of(result) != exit_of(*worst) &&
                             judge::worst_of(exit_of(result), exit_of(*worst)) == exit_of(result));
    if (worse) worst = &result;
  }
  return worst;
}

std::vector<Column> columns_of(const Results& results) {
  std::vector<Column> columns;
  for (const CaseResult& result : results.cases) {
    bool known = std::any_of(columns.begin(), columns.end(),
                             [&](const Column& c) { return c.holds(result); });
    if (!known) columns.push_back({result.target, result.target_version, result.profile});
  }
  return columns;
}

std::string_view word_for(ExitCode exit) {
  switch (exit) {
    case ExitCode::kConformant:
      return "conformant";
    case ExitCode::kNotConformant:
      return "not conformant";
    case ExitCode::kUsage:
      return "nothing judged";
    case ExitCode::kTarget:
      return "target failed";
    case ExitCode::kHarness:
      return "not decided";
    case ExitCode::kIncomplete:
      return "incomplete";
  }
  return "not decided";
}

std::string_view word_for(const Results& results, const Column& column) {
  ExitCode exit = exit_of(results, column);
  bool failed = std::any_of(results.cases.begin(), results.cases.end(), [&](const CaseResult& r) {
    return column.holds(r) && exit_of(r) == ExitCode::kNotConformant;
  });
  return word_for(exit == ExitCode::kHarness && failed ? ExitCode::kNotConformant : exit);
}

}  // namespace torpor::report
