#include "conformance/report/contradictions.h"

#include <algorithm>
#include <map>

namespace torpor::report {
namespace {

bool passes(judge::Outcome outcome) {
  return outcome == judge::Outcome::kPass || outcome == judge::Outcome::kPassByAlternative ||
         outcome == judge::Outcome::kWarn;
}

void add(Contradiction& contradiction, const CaseResult& result,
         const judge::Divergence& divergence) {
  auto same = [&](const Contradiction::Showing& showing) {
    return showing.case_id == result.case_id && showing.target == result.target &&
           showing.lane == divergence.lane;
  };
  if (std::any_of(contradiction.showings.begin(), contradiction.showings.end(), same)) return;
  contradiction.showings.push_back({result.case_id, result.target, divergence.lane,
                                    divergence.expected, divergence.got, divergence.explanation});
}

bool disputed(const std::string& id, const statements::Registry& registry) {
  const statements::Statement* statement = registry.find(id);
  if (statement == nullptr) return false;
  auto says = [](const statements::Source& source) { return !source.says.empty(); };
  return std::count_if(statement->sources.begin(), statement->sources.end(), says) > 1;
}

std::vector<std::string> statements_shown(const judge::Divergence& divergence,
                                          const statements::Registry& registry) {
  std::vector<std::string> ids;
  for (const std::string& id : divergence.statements) {
    if (disputed(id, registry)) ids.push_back(id);
  }
  if (ids.empty()) ids = divergence.statements;
  if (ids.empty()) ids.emplace_back();
  return ids;
}

}  // namespace

std::vector<judge::Divergence> contradictions_between(const judge::Verdict& parity,
                                                      const judge::Verdict& documented) {
  if (!passes(parity.outcome) || documented.outcome != judge::Outcome::kFail) return {};
  std::vector<judge::Divergence> failures;
  for (const judge::Divergence& divergence : documented.divergences) {
    if (statements::fails(divergence.level)) failures.push_back(divergence);
  }
  return failures;
}

std::vector<Contradiction> contradictions_of(const Results& results,
                                             const statements::Registry& registry) {
  std::map<std::string, Contradiction> by_statement;
  for (const CaseResult& result : results.cases) {
    for (const judge::Divergence& divergence : result.contradictions) {
      for (const std::string& id : statements_shown(divergence, registry)) {
        Contradiction& contradiction = by_statement[id];
        contradiction.statement = id;
        add(contradiction, result, divergence);
      }
    }
  }
  std::vector<Contradiction> list;
  for (auto& [id, contradiction] : by_statement) list.push_back(std::move(contradiction));
  return list;
}

}  // namespace torpor::report
