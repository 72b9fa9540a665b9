#include "conformance/report/result_json.h"

#include <fmt/format.h>

#include <stdexcept>

namespace torpor::report {
namespace {

std::vector<std::string> names_of(const std::vector<compat::Profile>& profiles) {
  std::vector<std::string> names;
  for (compat::Profile profile : profiles) names.emplace_back(compat::name_of(profile));
  return names;
}

// A word that must be one of those `named` knows.
template <class Named>
auto word(const Json& json, const char* member, Named named) {
  auto text = json.at(member).get<std::string>();
  auto value = named(text);
  if (!value) throw std::runtime_error(fmt::format("\"{}\" is no known value of {}", text, member));
  return *value;
}

Json list_of(const std::vector<judge::Divergence>& divergences) {
  Json list = Json::array();
  for (const judge::Divergence& divergence : divergences)
    list.push_back(judge::to_json(divergence));
  return list;
}

judge::Divergence divergence_from_json(const Json& json) {
  judge::Divergence divergence;
  divergence.lane = json.at("lane");
  divergence.index = json.at("index");
  divergence.statements = json.at("statements").get<std::vector<std::string>>();
  divergence.level = word(json, "level", statements::level_named);
  divergence.expected = json.at("expected");
  divergence.got = json.at("got");
  divergence.explanation = json.at("explanation");
  if (json.contains("event")) divergence.event = json.at("event").get<std::size_t>();
  return divergence;
}

std::vector<judge::Divergence> divergences_in(const Json& json, const char* member) {
  std::vector<judge::Divergence> divergences;
  if (!json.contains(member)) return divergences;
  for (const Json& item : json.at(member)) divergences.push_back(divergence_from_json(item));
  return divergences;
}

}  // namespace

Json to_json(const ResultsHeader& header) {
  return {{"torpor_results", kResultsVersion},
          {"version", header.torpor_version},
          {"started", header.started},
          {"targets", header.targets},
          {"profiles", names_of(header.profiles)},
          {"selection", header.selection},
          {"cases", header.cases}};
}

Json to_json(const trace::Event& event) {
  Json json = {{"t", to_microseconds(event.t)}, {"actor", event.actor}, {"kind", event.kind}};
  for (const auto& [name, value] : event.members.items()) json[name] = value;
  return json;
}

Json to_json(const CaseResult& result) {
  Json json = {{"case", result.case_id},
               {"title", result.title},
               {"file", result.file},
               {"statements", result.statements},
               {"target", {{"name", result.target}, {"version", result.target_version}}},
               {"profile", compat::name_of(result.profile)},
               {"verdict", judge::to_json(result.verdict)},
               {"durationMs", result.duration_ms},
               {"digest", result.digest},
               {"attempt", result.attempt},
               {"reproduce", result.reproduce}};
  if (result.error) {
    json["error"] = {{"exit", static_cast<int>(result.error->exit)},
                     {"message", result.error->message}};
  }
  if (!result.contradictions.empty()) json["contradictions"] = list_of(result.contradictions);
  if (!result.events.empty()) {
    Json events = Json::array();
    for (const trace::Event& event : result.events) events.push_back(to_json(event));
    json["events"] = std::move(events);
  }
  return json;
}

Json footer_json(std::size_t results, judge::ExitCode exit,
                 const std::vector<CombinedDigest>& digests) {
  Json list = Json::array();
  for (const CombinedDigest& digest : digests) {
    list.push_back({{"target", digest.target},
                    {"profile", compat::name_of(digest.profile)},
                    {"digest", digest.digest}});
  }
  return {{"end", true},
          {"results", results},
          {"exit", static_cast<int>(exit)},
          {"digests", std::move(list)}};
}

ResultsHeader header_from_json(const Json& json) {
  ResultsHeader header;
  header.torpor_version = json.at("version");
  header.started = json.at("started");
  header.targets = json.at("targets").get<std::vector<std::string>>();
  for (const Json& name : json.at("profiles")) {
    auto profile = compat::profile_named(name.get<std::string>());
    if (!profile) throw std::runtime_error(fmt::format("unknown profile {}", name.dump()));
    header.profiles.push_back(*profile);
  }
  header.selection = json.at("selection").get<std::vector<std::string>>();
  header.cases = json.at("cases");
  return header;
}

judge::Verdict verdict_from_json(const Json& json) {
  judge::Verdict verdict;
  verdict.outcome = word(json, "outcome", judge::outcome_named);
  verdict.end = word(json, "end", judge::end_named);
  if (json.contains("alternatives")) {
    verdict.alternatives = json.at("alternatives").get<std::vector<std::string>>();
  }
  verdict.divergences = divergences_in(json, "divergences");
  verdict.reason = json.value("reason", "");
  return verdict;
}

trace::Event event_from_json(const Json& json) {
  trace::Event event;
  event.t = Time(Duration(json.at("t").get<std::int64_t>()));
  event.actor = json.at("actor");
  event.kind = json.at("kind");
  for (const auto& [name, value] : json.items()) {
    if (name != "t" && name != "actor" && name != "kind") event.members[name] = value;
  }
  return event;
}

CaseResult result_from_json(const Json& json) {
  CaseResult result;
  result.case_id = json.at("case");
  result.title = json.at("title");
  result.file = json.at("file");
  result.statements = json.at("statements").get<std::vector<std::string>>();
  result.target = json.at("target").at("name");
  result.target_version = json.at("target").at("version");
  result.profile = word(json, "profile", compat::profile_named);
  result.verdict = verdict_from_json(json.at("verdict"));
  result.duration_ms = json.at("durationMs");
  result.digest = json.at("digest");
  result.attempt = json.at("attempt");
  result.reproduce = json.at("reproduce");
  if (json.contains("error")) {
    const Json& error = json.at("error");
    result.error =
        RunError{static_cast<judge::ExitCode>(error.at("exit").get<int>()), error.at("message")};
  }
  result.contradictions = divergences_in(json, "contradictions");
  if (json.contains("events")) {
    for (const Json& event : json.at("events")) result.events.push_back(event_from_json(event));
  }
  return result;
}

}  // namespace torpor::report
