#include "conformance/judge/verdict.h"

#include <algorithm>
#include <array>
#include <utility>

namespace torpor::judge {

namespace {

constexpr std::array<std::pair<Outcome, std::string_view>, 7> kOutcomes = {{
    {Outcome::kPass, "pass"},
    {Outcome::kPassByAlternative, "pass by alternative"},
    {Outcome::kWarn, "warn"},
    {Outcome::kFail, "fail"},
    {Outcome::kNotApplicable, "not applicable"},
    {Outcome::kNotTestable, "not testable"},
    {Outcome::kUnknown, "unknown"},
}};

constexpr std::array<std::pair<End, std::string_view>, 7> kEnds = {{
    {End::kNone, "none"},
    {End::kClean, "clean"},
    {End::kOpen, "open"},
    {End::kUnanswered, "unanswered"},
    {End::kWrongCode, "wrong code"},
    {End::kWrongSide, "wrong side"},
    {End::kReset, "reset"},
}};

template <typename Table, typename Value>
std::string_view name_in(const Table& table, Value value) {
  return std::find_if(table.begin(), table.end(),
                      [&](const auto& entry) { return entry.first == value; })
      ->second;
}

template <typename Value, std::size_t size>
std::optional<Value> value_in(const std::array<std::pair<Value, std::string_view>, size>& table,
                              std::string_view name) {
  for (const auto& [value, text] : table) {
    if (text == name) return value;
  }
  return std::nullopt;
}

}  // namespace

std::string_view name_of(Outcome outcome) {
  return name_in(kOutcomes, outcome);
}
std::string_view name_of(End end) {
  return name_in(kEnds, end);
}
std::optional<Outcome> outcome_named(std::string_view name) {
  return value_in(kOutcomes, name);
}
std::optional<End> end_named(std::string_view name) {
  return value_in(kEnds, name);
}

Verdict not_applicable(std::string reason) {
  Verdict verdict;
  verdict.outcome = Outcome::kNotApplicable;
  verdict.reason = std::move(reason);
  return verdict;
}

Verdict not_testable(std::string reason) {
  Verdict verdict;
  verdict.outcome = Outcome::kNotTestable;
  verdict.reason = std::move(reason);
  return verdict;
}

Verdict unknown(std::string reason) {
  Verdict verdict;
  verdict.outcome = Outcome::kUnknown;
  verdict.reason = std::move(reason);
  return verdict;
}

Json to_json(const Divergence& divergence) {
  Json json = {{"lane", divergence.lane},
               {"index", divergence.index},
               {"statements", divergence.statements},
               {"level", statements::name_of(divergence.level)},
               {"expected", divergence.expected},
               {"got", divergence.got},
               {"explanation", divergence.explanation}};
  if (divergence.event) json["event"] = *divergence.event;
  return json;
}

Json to_json(const Verdict& verdict) {
  Json json = {{"outcome", name_of(verdict.outcome)}, {"end", name_of(verdict.end)}};
  if (!verdict.alternatives.empty()) json["alternatives"] = verdict.alternatives;
  if (!verdict.reason.empty()) json["reason"] = verdict.reason;
  if (!verdict.divergences.empty()) {
    Json& list = json["divergences"] = Json::array();
    for (const Divergence& divergence : verdict.divergences) list.push_back(to_json(divergence));
  }
  return json;
}

}  // namespace torpor::judge
