#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "conformance/report/html_parts.h"
#include "conformance/report/table.h"

namespace torpor::report {
namespace {

constexpr std::array<std::string_view, 4> kKinds = {"pass", "warn", "fail", "other"};

std::string_view kind_of_exit(judge::ExitCode exit) {
  if (exit == judge::ExitCode::kConformant) return "pass";
  return exit == judge::ExitCode::kIncomplete ? "warn" : "fail";
}

std::string bar(const Results& results, const Column& column) {
  std::map<std::string_view, std::size_t> counts;
  for (const CaseResult& result : results.cases) {
    if (column.holds(result)) ++counts[kind_of(result)];
  }
  std::string out = R"(<div class="bar">)";
  for (std::string_view kind : kKinds) {
    if (counts[kind] > 0)
      out += fmt::format(R"(<span class="{}" style="flex:{}"></span>)", kind, counts[kind]);
  }
  return out + "</div>";
}

std::string card(const Results& results, const Column& column) {
  judge::ExitCode exit = exit_of(results, column);
  std::string digest;
  for (const CombinedDigest& combined : results.digests) {
    if (combined.target == column.target && combined.profile == column.profile) {
      digest = fmt::format(R"(<p class="small faint">digest <span class="mono">{}</span></p>)",
                           escape(combined.digest));
    }
  }
  return fmt::format(
      R"(<div class="verdict {}"><h3>{}</h3><p class="word">{}</p>{}<p class="small">{}</p>{}</div>)"
      "\n",
      kind_of_exit(exit), escape(title_of(column)), word_for(results, column), bar(results, column),
      escape(counts_of(results, column)), digest);
}

struct Row {
  std::string id;
  std::string title;
  std::vector<const CaseResult*> cells;  // one per column, null where there is none
};

std::vector<Row> rows_of(const Results& results, const std::vector<Column>& columns) {
  std::vector<Row> rows;
  std::set<std::string> seen;
  for (const CaseResult& result : results.cases) {
    if (!seen.insert(result.case_id).second) continue;
    Row row{result.case_id, result.title, {}};
    for (const Column& column : columns)
      row.cells.push_back(cell_of(results, result.case_id, column));
    rows.push_back(std::move(row));
  }
  return rows;
}

std::string group_of(const std::string& id) {
  return id.substr(0, id.find('/'));
}

std::string cell(const Results& results, const CaseResult* result) {
  if (result == nullptr) return "<td></td>";
  std::string content = chip(*result);
  if (has_article(*result))
    content = fmt::format(R"(<a href="#{}">{}</a>)", anchor_of(results, *result), content);
  if (result->verdict.end != judge::End::kNone) {
    content += fmt::format(R"(<span class="ends">{}</span>)", judge::name_of(result->verdict.end));
  }
  return fmt::format("<td>{}</td>", content);
}

std::string row_text(const Results& results, const Row& row) {
  std::set<std::string_view> kinds;
  std::string cells;
  for (const CaseResult* result : row.cells) {
    if (result != nullptr) kinds.insert(kind_of(*result));
    cells += cell(results, result);
  }
  return fmt::format(
      R"(<tr class="case" data-group="{}" data-kinds="{}"><td><span class="mono">{}</span>)"
      R"(<span class="title">{}</span></td>{}</tr>)"
      "\n",
      escape(group_of(row.id)), fmt::join(kinds, " "), escape(row.id), escape(row.title), cells);
}

constexpr std::string_view kFilters = R"(<div class="filters">
<input id="search" type="search" placeholder="Filter cases: words of the id, the title, an outcome" aria-label="Filter cases">
<button data-kind="pass" aria-pressed="false">passed</button>
<button data-kind="warn" aria-pressed="false">warned or not testable</button>
<button data-kind="fail" aria-pressed="false">failed</button>
<span id="shown" class="faint small"></span>
</div>
)";

}  // namespace

std::string verdict_cards(const Results& results) {
  std::string out = "<section class=\"verdicts\">\n";
  for (const Column& column : columns_of(results)) out += card(results, column);
  return out + "</section>\n";
}

std::string matrix(const Results& results) {
  std::vector<Column> columns = columns_of(results);
  std::string out = "<h2 id=\"cases\">Cases</h2>\n";
  out +=
      R"(<p class="legend small">Each cell: what the case came to, and how its connections ended.</p>)"
      "\n";
  out += kFilters;
  out += R"(<div class="scroll"><table class="matrix"><thead><tr><th>case</th>)";
  for (const Column& column : columns) out += fmt::format("<th>{}</th>", escape(title_of(column)));
  out += "</tr></thead>\n<tbody>\n";
  std::string group;
  for (const Row& row : rows_of(results, columns)) {
    if (group_of(row.id) != group) {
      group = group_of(row.id);
      out += fmt::format(R"(<tr class="group" data-group="{0}"><td colspan="{1}">{0}</td></tr>)"
                         "\n",
                         escape(group), columns.size() + 1);
    }
    out += row_text(results, row);
  }
  return out + "</tbody></table></div>\n";
}

}  // namespace torpor::report
