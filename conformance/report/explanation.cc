#include "conformance/report/explanation.h"

#include <fmt/format.h>

#include <algorithm>

#include "conformance/report/contradictions.h"
#include "conformance/report/describe.h"
#include "conformance/report/table.h"

namespace torpor::report {
namespace {

// Expected and got next to each other where there is room, below each other where there is not.
std::string side_by_side(const Json& wanted, const Json& seen, const Terminal& terminal) {
  const auto [expected, got] = describe_sides(wanted, seen);
  std::size_t half = (std::max<std::size_t>(terminal.columns, 60) - 8) / 2;
  if (width_of(expected) <= half && width_of(got) <= half) {
    return fmt::format("      {}  {}\n      {}  {}\n",
                       terminal.paint(Colour::kFaint, pad("expected", half)),
                       terminal.paint(Colour::kFaint, "got"), pad(expected, half),
                       terminal.paint(Colour::kRed, got));
  }
  std::size_t room = std::max<std::size_t>(terminal.columns, 60) - 8;
  return fmt::format("      {}\n{}\n      {}\n{}\n", terminal.paint(Colour::kFaint, "expected"),
                     wrap_indented(expected, room, "        "),
                     terminal.paint(Colour::kFaint, "got"), wrap_indented(got, room, "        "));
}

std::string statement_line(const std::string& id, const statements::Registry& registry,
                           const Terminal& terminal) {
  const statements::Statement* statement = registry.find(id);
  std::size_t room = std::max<std::size_t>(terminal.columns, 60) - 6;
  std::string text =
      statement == nullptr
          ? id
          : fmt::format("{} ({}) {}", id, statements::name_of(statement->level), statement->text);
  return wrap_indented(text, room, "      ") + "\n";
}

}  // namespace

std::string divergence_text(const judge::Divergence& divergence,
                            const statements::Registry& registry, const Terminal& terminal) {
  std::string where =
      divergence.event ? fmt::format(", trace line {}", trace::line_of(*divergence.event)) : "";
  std::string out = fmt::format("    lane {}, item {}{}: {}\n", divergence.lane,
                                divergence.index + 1, where, printable(divergence.explanation));
  for (const std::string& id : divergence.statements) out += statement_line(id, registry, terminal);
  return out + side_by_side(divergence.expected, divergence.got, terminal);
}

std::string failure_text(const CaseResult& result, const statements::Registry& registry,
                         const Terminal& terminal) {
  Column column{result.target, result.target_version, result.profile};
  std::string out = fmt::format("{}  {}  {}\n", terminal.paint(colour_of(result), word_of(result)),
                                terminal.paint(Colour::kBold, result.case_id),
                                terminal.paint(Colour::kFaint, title_of(column)));
  out += fmt::format("    {}\n", result.title);
  if (result.error) out += fmt::format("    {}\n", printable(result.error->message));
  if (!result.verdict.reason.empty() && !result.error)
    out += fmt::format("    {}\n", printable(result.verdict.reason));
  for (const judge::Divergence& divergence : result.verdict.divergences) {
    out += divergence_text(divergence, registry, terminal);
  }
  if (!result.reproduce.empty()) out += fmt::format("    reproduce: {}\n", result.reproduce);
  return out;
}

std::string contradiction_text(const Results& results, const statements::Registry& registry,
                               const Terminal& terminal) {
  std::string out;
  for (const Contradiction& contradiction : contradictions_of(results, registry)) {
    const statements::Statement* statement = registry.find(contradiction.statement);
    std::string id = contradiction.statement.empty() ? "(no statement)" : contradiction.statement;
    out += fmt::format("  {} {}\n", terminal.paint(Colour::kBold, id),
                       statement != nullptr ? statement->text : "");
    for (const statements::Source& source :
         statement != nullptr ? statement->sources : std::vector<statements::Source>{}) {
      if (!source.says.empty()) out += fmt::format("    {} says: {}\n", source.source, source.says);
    }
    const Contradiction::Showing& first = contradiction.showings.front();
    std::size_t others = contradiction.showings.size() - 1;
    out += fmt::format("    shown by {} on {}{}\n", first.case_id, first.target,
                       others > 0 ? fmt::format(" and {} more", others) : "");
    out += side_by_side(first.documented, first.seen, terminal);
  }
  return out.empty()
             ? out
             : fmt::format("{}\n{}",
                           terminal.paint(Colour::kBold, "documentation and runtime disagree"),
                           out);
}

}  // namespace torpor::report
