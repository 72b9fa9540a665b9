#include "conformance/report/contradictions.h"

#include <algorithm>
#include <map>

#include "conformance/judge/judge.h"

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

}  // namespace

std::vector<judge::Divergence> contradictions_in(const scenario::Case& scenario_case,
                                                 const trace::Trace& trace,
                                                 const statements::Registry& registry) {
  if (!scenario_case.applies_to(compat::Profile::kParity) ||
      !scenario_case.applies_to(compat::Profile::kDocumented)) {
    return {};
  }
  if (!passes(judge::judge(scenario_case, trace, compat::Profile::kParity, registry).outcome))
    return {};
  judge::Verdict documented =
      judge::judge(scenario_case, trace, compat::Profile::kDocumented, registry);
  if (documented.outcome != judge::Outcome::kFail) return {};
  std::vector<judge::Divergence> failures;
  for (judge::Divergence& divergence : documented.divergences) {
    if (statements::fails(divergence.level)) failures.push_back(std::move(divergence));
  }
  return failures;
}

std::vector<Contradiction> contradictions_of(const Results& results) {
  std::map<std::string, Contradiction> by_statement;
  for (const CaseResult& result : results.cases) {
    for (const judge::Divergence& divergence : result.contradictions) {
      std::vector<std::string> ids = divergence.statements;
      if (ids.empty()) ids.emplace_back();
      for (const std::string& id : ids) {
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
