#include <fmt/format.h>

#include <map>

#include "conformance/report/results_reader.h"
#include "conformance/report/table.h"
#include "tools/torpor/command.h"
#include "tools/torpor/files.h"

namespace torpor::tool {
namespace {

struct CompareOptions {
  std::string before;
  std::string after;
};

using Key = std::pair<std::string, std::string>;  // case id, profile

std::string told(const report::CaseResult& result) {
  return fmt::format("{} · {}", report::word_of(result), judge::name_of(result.verdict.end));
}

std::map<Key, std::string> outcomes_of(const report::Results& results) {
  std::map<Key, std::string> outcomes;
  for (const report::CaseResult& result : results.cases) {
    outcomes[{result.case_id, std::string(compat::name_of(result.profile))}] = told(result);
  }
  return outcomes;
}

judge::ExitCode compare_files(const CompareOptions& options) {
  const report::Results before = read_all_results({options.before});
  const report::Results after = read_all_results({options.after});
  std::map<Key, std::pair<std::string, std::string>> rows;
  for (const auto& [key, word] : outcomes_of(before)) rows[key].first = word;
  for (const auto& [key, word] : outcomes_of(after)) rows[key].second = word;
  std::size_t changed = 0;
  for (const auto& [key, words] : rows) {
    if (words.first == words.second) continue;
    ++changed;
    auto shown = [](const std::string& word) { return word.empty() ? "absent" : word; };
    fmt::print("{}  {}: {} -> {}\n", key.first, key.second, shown(words.first),
               shown(words.second));
  }
  fmt::print("{} of {} results differ\n", changed, rows.size());
  const bool complete = before.complete && after.complete;
  return judge::worst_of(
      changed == 0 ? judge::ExitCode::kConformant : judge::ExitCode::kNotConformant,
      complete ? judge::ExitCode::kConformant : judge::ExitCode::kIncomplete);
}

}  // namespace

void add_compare(CLI::App& app, Chosen& chosen) {
  auto options = std::make_shared<CompareOptions>();
  CLI::App* verb = app.add_subcommand("compare", "Show what changed between two results files");
  verb->add_option("before", options->before, "Results of one certification")
      ->required()
      ->type_name("FILE");
  verb->add_option("after", options->after, "Results of another")->required()->type_name("FILE");
  verb->footer(
      "Compares by case and profile, whatever the targets were. Ends with 1 when anything "
      "differs,\nelse with 5 when a file was cut.\n"
      "Example:\n  torpor compare old-workerd.jsonl new-workerd.jsonl");
  verb->callback(
      [options, &chosen] { chosen.run = [options] { return compare_files(*options); }; });
}

}  // namespace torpor::tool
