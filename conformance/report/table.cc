#include "conformance/report/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "conformance/report/explanation.h"
#include "conformance/report/repeats.h"

namespace torpor::report {
namespace {

constexpr std::size_t kCellColumns = 24;

std::vector<std::string> case_ids(const Results& results) {
  std::vector<std::string> ids;
  for (const CaseResult& result : results.cases) {
    if (std::find(ids.begin(), ids.end(), result.case_id) == ids.end())
      ids.push_back(result.case_id);
  }
  return ids;
}

std::string cell(const CaseResult* result, const Terminal& terminal) {
  if (result == nullptr) return pad("", kCellColumns);
  std::string word = word_of(*result);
  std::string end = result->verdict.end == judge::End::kNone
                        ? ""
                        : std::string(judge::name_of(result->verdict.end));
  std::string plain = fit(end.empty() ? word : fmt::format("{} · {}", word, end), kCellColumns);
  std::size_t cut = std::min(word.size(), plain.size());
  return terminal.paint(colour_of(*result), plain.substr(0, cut)) +
         terminal.paint(Colour::kFaint, plain.substr(cut));
}

}  // namespace

Colour colour_of(judge::ExitCode exit) {
  if (exit == judge::ExitCode::kConformant) return Colour::kGreen;
  return exit == judge::ExitCode::kIncomplete ? Colour::kYellow : Colour::kRed;
}

Colour colour_of(const CaseResult& result) {
  if (result.error) return Colour::kRed;
  switch (result.verdict.outcome) {
    case judge::Outcome::kPass:
    case judge::Outcome::kPassByAlternative:
      return Colour::kGreen;
    case judge::Outcome::kWarn:
    case judge::Outcome::kNotTestable:
      return Colour::kYellow;
    case judge::Outcome::kNotApplicable:
      return Colour::kFaint;
    case judge::Outcome::kFail:
    case judge::Outcome::kUnknown:
      return Colour::kRed;
  }
  return Colour::kRed;
}

std::string word_of(const CaseResult& result) {
  if (result.error) return std::string(word_for(result.error->exit));
  return std::string(judge::name_of(result.verdict.outcome));
}

std::string title_of(const Column& column) {
  bool repeated = column.target_version.empty() ||
                  column.target.find(column.target_version) != std::string::npos;
  std::string target =
      repeated ? column.target : fmt::format("{} {}", column.target, column.target_version);
  return fmt::format("{} · {}", target, compat::name_of(column.profile));
}

std::string counts_of(const Results& results, const Column& column) {
  std::map<std::pair<int, std::string>, std::size_t> counts;
  for (const CaseResult& result : results.cases) {
    if (!column.holds(result)) continue;
    int order = result.error ? 100 : static_cast<int>(result.verdict.outcome);
    ++counts[{order, word_of(result)}];
  }
  std::string out;
  for (const auto& [key, count] : counts)
    out += fmt::format("{}{} {}", out.empty() ? "" : ", ", count, key.second);
  return out;
}

std::string case_table(const Results& results, const Terminal& terminal) {
  const auto has_error = [](const CaseResult& result) { return result.error.has_value(); };
  if (std::all_of(results.cases.begin(), results.cases.end(), has_error)) return "";
  std::vector<Column> columns = columns_of(results);
  std::vector<std::string> ids = case_ids(results);
  std::size_t width = 4;
  for (const std::string& id : ids) width = std::max(width, width_of(id));
  std::string out = terminal.paint(Colour::kBold, pad("case", width));
  for (const Column& column : columns)
    out += "  " + terminal.paint(Colour::kBold, pad(title_of(column), kCellColumns));
  out += '\n';
  for (const std::string& id : ids) {
    out += pad(id, width);
    for (const Column& column : columns) {
      std::size_t room = std::max(kCellColumns, width_of(title_of(column)));
      out += "  " + cell(cell_of(results, id, column), terminal) +
             std::string(room - kCellColumns, ' ');
    }
    while (!out.empty() && out.back() == ' ') out.pop_back();
    out += '\n';
  }
  return out;
}

std::string summary(const Results& results, const Terminal& terminal) {
  std::string out;
  for (const Column& column : columns_of(results)) {
    judge::ExitCode exit = exit_of(results, column);
    out += fmt::format("{}  {}  {}\n",
                       terminal.paint(colour_of(exit), pad(word_for(results, column), 14)),
                       title_of(column), counts_of(results, column));
    for (const CombinedDigest& digest : results.digests) {
      if (digest.target == column.target && digest.profile == column.profile) {
        out += fmt::format("                digest {}\n",
                           terminal.paint(Colour::kFaint, digest.digest));
      }
    }
  }
  return out;
}

std::string full_text(const Results& results, const statements::Registry& registry,
                      const Terminal& terminal) {
  std::string out = case_table(results, terminal);
  if (!out.empty()) out += '\n';
  Repeats repeats;
  for (const CaseResult& result : results.cases) {
    bool warns = result.verdict.outcome == judge::Outcome::kWarn;
    if ((is_good(result) && !warns) || repeats.told_before(result)) continue;
    out += failure_text(result, registry, terminal) + '\n';
  }
  if (repeats.held_back() > 0)
    out += fmt::format("and {} more with the same error\n\n", repeats.held_back());
  std::string contradictions = contradiction_text(results, registry, terminal);
  if (!contradictions.empty()) out += contradictions + '\n';
  return out + summary(results, terminal);
}

}  // namespace torpor::report
