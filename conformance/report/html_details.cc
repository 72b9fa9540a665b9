#include <fmt/format.h>

#include <algorithm>

#include "conformance/report/contradictions.h"
#include "conformance/report/describe.h"
#include "conformance/report/html_parts.h"
#include "conformance/report/repeats.h"
#include "conformance/report/table.h"

namespace torpor::report {
namespace {

std::string sides(std::string_view left_name, const std::string& left, std::string_view right_name,
                  const std::string& right) {
  return fmt::format(R"(<div class="sides"><div class="side"><b>{}</b><pre>{}</pre></div>)"
                     R"(<div class="side got"><b>{}</b><pre>{}</pre></div></div>)"
                     "\n",
                     left_name, escape(left), right_name, escape(right));
}

std::string statement_text(const std::string& id, const statements::Registry& registry) {
  const statements::Statement* statement = registry.find(id);
  if (statement == nullptr)
    return fmt::format(R"(<div class="statement"><b>{}</b></div>)", escape(id));
  std::string sources;
  for (const statements::Source& source : statement->sources) {
    sources += fmt::format("{}{}{}{}", sources.empty() ? "" : "; ", source.source,
                           source.section.empty() ? "" : " ", source.section);
  }
  return fmt::format(R"(<div class="statement"><b>{}</b> <span class="faint">{}</span> {}<br>)"
                     R"(<span class="small faint">{}</span></div>)"
                     "\n",
                     escape(id), statements::name_of(statement->level), escape(statement->text),
                     escape(sources));
}

std::string divergence_section(const judge::Divergence& divergence,
                               const statements::Registry& registry) {
  std::string out =
      fmt::format("<p>Lane <code>{}</code>, item {}: {}</p>\n", escape(divergence.lane),
                  divergence.index + 1, escape(divergence.explanation));
  for (const std::string& id : divergence.statements) out += statement_text(id, registry);
  const auto [expected, got] = describe_sides(divergence.expected, divergence.got);
  return out + sides("expected", expected, "got", got);
}

std::string timeline(const CaseResult& result) {
  if (result.events.empty()) return "";
  auto diverges = [&](std::size_t index) {
    const auto& list = result.verdict.divergences;
    return std::any_of(list.begin(), list.end(), [&](const auto& d) { return d.event == index; });
  };
  std::string out = fmt::format(
      "<details{}><summary>Timeline, {} events</summary><table class=\"timeline\"><tbody>\n",
      result.events.size() <= 40 ? " open" : "", result.events.size());
  for (std::size_t i = 0; i < result.events.size(); ++i) {
    const trace::Event& event = result.events[i];
    out += fmt::format("<tr{}><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                       diverges(i) ? " class=\"here\"" : "", describe(event.t), escape(event.actor),
                       escape(describe(event)));
  }
  return out + "</tbody></table></details>\n";
}

std::string article(const Results& results, const CaseResult& result,
                    const statements::Registry& registry) {
  Column column{result.target, result.target_version, result.profile};
  std::string_view warns =
      result.verdict.outcome == judge::Outcome::kWarn ? " class=\"warns\"" : "";
  std::string out = fmt::format(
      R"(<article id="{}"{}><header>{}<h3 class="mono">{}</h3><span class="faint">{}</span></header>)"
      "\n<p>{}</p>\n",
      anchor_of(results, result), warns, chip(result), escape(result.case_id),
      escape(title_of(column)), escape(result.title));
  if (result.error) out += fmt::format("<p>{}</p>\n", escape(result.error->message));
  if (!result.verdict.reason.empty())
    out += fmt::format("<p>{}</p>\n", escape(result.verdict.reason));
  for (const judge::Divergence& divergence : result.verdict.divergences)
    out += divergence_section(divergence, registry);
  out += timeline(result);
  if (!result.reproduce.empty()) {
    out += fmt::format(
        R"(<div class="reproduce"><code>{}</code><button class="copy">copy</button></div>)"
        "\n",
        escape(result.reproduce));
  }
  return out + "</article>\n";
}

std::string what_sources_say(const std::string& id, const statements::Registry& registry) {
  const statements::Statement* statement = registry.find(id);
  if (statement == nullptr) return "";
  std::string out;
  for (const statements::Source& source : statement->sources) {
    std::string_view says = source.says.empty() ? std::string_view(source.section) : source.says;
    out += fmt::format("<p><b>{}</b> {}</p>", escape(source.source), escape(says));
  }
  return out;
}

// The first few; the others can be unfolded.
std::string showings(const Contradiction& contradiction) {
  constexpr std::size_t kShown = 3;
  std::string out;
  for (std::size_t i = 0; i < contradiction.showings.size(); ++i) {
    const Contradiction::Showing& showing = contradiction.showings[i];
    if (i == kShown) {
      out += fmt::format("<details><summary>and {} more</summary>",
                         contradiction.showings.size() - kShown);
    }
    out +=
        fmt::format(R"(<p><span class="mono">{}</span> <span class="faint">{}, lane {}</span></p>)",
                    escape(showing.case_id), escape(showing.target), escape(showing.lane));
  }
  return contradiction.showings.size() > kShown ? out + "</details>" : out;
}

}  // namespace

std::string contradiction_table(const Results& results, const statements::Registry& registry) {
  std::vector<Contradiction> list = contradictions_of(results, registry);
  if (list.empty()) return "";
  std::string out = "<h2 id=\"disagreements\">Where documentation and runtime disagree</h2>\n";
  out +=
      R"(<p class="legend small">Observations that the parity profile expects and the documented profile does not.</p>)";
  out +=
      R"(<div class="scroll"><table class="contradictions"><thead><tr><th>statement</th><th>what each source says</th>)"
      "<th>by the documentation</th><th>seen</th><th>shown by</th></tr></thead><tbody>\n";
  for (const Contradiction& contradiction : list) {
    const statements::Statement* statement = registry.find(contradiction.statement);
    const Contradiction::Showing& first = contradiction.showings.front();
    const auto [expected, seen] = describe_sides(first.documented, first.seen);
    std::string id = contradiction.statement.empty() ? "no statement" : contradiction.statement;
    out += fmt::format(
        "<tr><td><b>{}</b><br>{}</td><td>{}</td><td><pre>{}</pre></td><td><pre>{}</pre></"
        "td><td>{}</td></tr>\n",
        escape(id), statement != nullptr ? escape(statement->text) : "",
        what_sources_say(contradiction.statement, registry), escape(expected), escape(seen),
        showings(contradiction));
  }
  return out + "</tbody></table></div>\n";
}

std::string articles(const Results& results, const statements::Registry& registry) {
  std::string wrong;
  std::string warned;
  Repeats repeats;
  for (const CaseResult& result : results.cases) {
    if (!has_article(result) || repeats.told_before(result)) continue;
    (kind_of(result) == "fail" ? wrong : warned) += article(results, result, registry);
  }
  if (repeats.held_back() > 0) {
    wrong += fmt::format("<p class=\"faint\">and {} more with the same error</p>\n",
                         repeats.held_back());
  }
  if (wrong.empty() && warned.empty()) return "";
  return "<h2 id=\"unexpected\">Cases that are not as expected</h2>\n" + wrong + warned;
}

}  // namespace torpor::report
