#include "conformance/scenario/loader.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "conformance/scenario/embedded.h"
#include "conformance/scenario/expectation_loader.h"
#include "conformance/scenario/json_document.h"
#include "conformance/scenario/members.h"
#include "conformance/scenario/parameters.h"
#include "conformance/scenario/program_schema.h"
#include "conformance/scenario/step_loader.h"
#include "core/compat/flags.h"
#include "reference-server/samples/samples.h"

namespace torpor::scenario {

namespace {

constexpr std::int64_t kSettleMsMax = 60'000;
constexpr std::size_t kIdMax = 200;
constexpr const char* kSampleSegment = "websocket";

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

// Reads one case, parameters filled in.
class CaseReader {
 public:
  CaseReader(Diagnostics& diagnostics, const Json& json, const statements::Registry& registry)
      : diagnostics_(diagnostics),
        json_(json),
        members_(diagnostics, json, ""),
        registry_(registry) {}

  // `family`: the parameters with all their labels, when the family is known.
  Case read(const std::vector<Parameter>* family);

 private:
  Case finish(Case& result);
  void read_identity(Case& result);
  void read_id(Case& result);
  void read_profiles(Case& result);
  void read_configuration(Case& result);
  void read_needs(Case& result);
  void read_remotes(Case& result);
  void check_roles(const Case& result);
  void read_steps(Case& result);
  void read_object(Case& result);
  void read_sample(Case& result);
  void read_outcomes(Case& result);
  void check_sample_steps(Case& result);
  std::vector<Parameter> read_labels(Case& result);

  Diagnostics& diagnostics_;
  const Json& json_;
  Members members_;
  const statements::Registry& registry_;
  std::set<std::string> clients_;
};

Case CaseReader::read(const std::vector<Parameter>* family) {
  Case result;
  result.source = json_;
  result.file = diagnostics_.file();
  read_identity(result);
  read_profiles(result);
  read_configuration(result);
  read_remotes(result);
  read_steps(result);
  check_roles(result);
  read_needs(result);
  const std::vector<Parameter> own = read_labels(result);
  read_object(result);
  // What a search wrote down of the failure that it made the scenario for.
  members_.object("found", Presence::kOptional);
  result.properties = members_.boolean("properties", false);
  read_outcomes(result);
  if (const Json* simulation = members_.object("simulation", Presence::kOptional)) {
    result.simulation =
        read_simulation(diagnostics_, *simulation, members_.pointer_to("simulation"));
  }
  // A sample keeps no log, of which properties speak.
  // They are what the real server does, whose limits they know.
  if (result.properties) result.profiles = {compat::Profile::kParity};
  if (result.properties && result.sample)
    members_.complain("properties", "need the fixture; expect what clients see of a sample");
  if (result.properties && members_.find("expect") == nullptr) return finish(result);
  result.lanes = read_lanes(diagnostics_, members_,
                            {registry_, result.statements, family == nullptr ? own : *family,
                             family != nullptr, clients_});
  return finish(result);
}

void CaseReader::read_outcomes(Case& result) {
  const Json* outcomes = members_.find("outcomes");
  if (outcomes == nullptr) return;
  const auto is_course = [&](const Json& one) {
    if (!one.is_object()) return false;
    for (const auto& [lane, events] : one.items()) {
      if (!events.is_array() || (lane != "object" && !clients_.contains(lane))) return false;
    }
    return true;
  };
  if (!outcomes->is_array() || outcomes->empty() ||
      !std::all_of(outcomes->begin(), outcomes->end(), is_course)) {
    return members_.complain(
        "outcomes",
        "is a list of objects that have a list for each client, and \"object\" for the log; "
        "`torpor outcomes` computes them");
  }
  result.outcomes.assign(outcomes->begin(), outcomes->end());
}

Case CaseReader::finish(Case& result) {
  result.exclusive = members_.boolean("exclusive", false);
  const auto settle = members_.integer("settleMs", Presence::kOptional, 0, kSettleMsMax);
  if (settle) result.settle = milliseconds(*settle);
  members_.done();
  return std::move(result);
}

// Parts of letters, digits and "-" with "/" between them.
bool is_path_like(const std::string& id) {
  const auto is_word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  bool begun = false;  // the part
  for (const char c : id) {
    if (c == '/' ? !begun : !is_word(c) && !(begun && c == '-')) return false;
    begun = c != '/';
  }
  return begun;
}

// What a family has appended to the id of a case with these members.
std::string suffix_in(const Json& json) {
  std::string suffix;
  const auto labels = json.find("parameters");
  if (labels == json.end() || !labels->is_object()) return suffix;
  for (const auto& [name, label] : labels->items()) {
    if (label.is_string())
      suffix += (suffix.empty() ? "[" : ",") + name + "=" + label.get<std::string>();
  }
  return suffix.empty() ? suffix : suffix + "]";
}

void CaseReader::read_id(Case& result) {
  const std::size_t before = diagnostics_.count();
  result.id = result.family = members_.string("id", Presence::kRequired);
  if (diagnostics_.count() != before) return;
  const std::string suffix = suffix_in(json_);
  if (result.id.ends_with(suffix)) result.family.resize(result.id.size() - suffix.size());
  if (!is_path_like(result.family)) {
    members_.complain("id",
                      "must be letters, digits and \"-\" with \"/\" between, such as "
                      "\"close/client/no-code\", not " +
                          shown(result.family));
  }
  if (result.id.size() > kIdMax) {
    members_.complain("id", "must be at most " + std::to_string(kIdMax) +
                                " octets long, parameters included, not " + shown(result.id));
  }
  if (std::any_of(suffix.begin(), suffix.end(), is_control))
    members_.complain("parameters", "a control character would be in the id: " + shown(suffix));
}

void CaseReader::read_identity(Case& result) {
  read_id(result);
  result.title = members_.string("title", Presence::kRequired);
  result.statements = members_.strings("statements", Presence::kRequired);
  for (std::size_t i = 0; i < result.statements.size(); ++i) {
    check_statement(diagnostics_, result.statements[i],
                    members_.pointer_to("statements") + "/" + std::to_string(i), registry_);
  }
  if (const Json* list = members_.find("statements");
      list != nullptr && list->is_array() && list->empty()) {
    members_.complain("statements", "a case must list at least one statement");
  }
}

void CaseReader::read_profiles(Case& result) {
  result.profiles = {compat::Profile::kDocumented, compat::Profile::kParity};
  if (members_.find("profiles") == nullptr) return;
  result.profiles.clear();
  std::vector<std::string> allowed;
  for (const compat::Profile profile : compat::kProfiles)
    allowed.emplace_back(compat::name_of(profile));
  for (const std::string& name : members_.strings("profiles", Presence::kOptional)) {
    if (const auto profile = compat::profile_named(name)) {
      result.profiles.push_back(*profile);
    } else {
      members_.complain("profiles", "unknown profile " + not_one_of(name, allowed));
    }
  }
  if (result.profiles.empty())
    members_.complain("profiles", "a case must be for at least one profile");
}

void CaseReader::read_configuration(Case& result) {
  const Json* json = members_.find("configuration");
  if (json == nullptr) return;
  Members members(diagnostics_, *json, members_.pointer_to("configuration"));
  Configuration& configuration = result.configuration;
  configuration.compatibility_date =
      members.string("compatibilityDate", Presence::kOptional, configuration.compatibility_date);
  configuration.compatibility_flags = members.strings("compatibilityFlags", Presence::kOptional);
  members.done();
  const auto flags =
      compat::resolve_flags(configuration.compatibility_date, configuration.compatibility_flags);
  if (const auto* error = std::get_if<compat::FlagError>(&flags))
    diagnostics_.add(members.pointer(), error->message);
}

void CaseReader::read_steps(Case& result) {
  const Json* steps = members_.array("steps", Presence::kRequired);
  if (steps == nullptr) return;
  if (steps->empty()) members_.complain("steps", "a case must do something");
  for (std::size_t i = 0; i < steps->size(); ++i) {
    auto step = read_step(diagnostics_, (*steps)[i],
                          members_.pointer_to("steps") + "/" + std::to_string(i), clients_);
    if (step) result.steps.push_back(*std::move(step));
  }
}

// A program, or a sample.
void CaseReader::read_object(Case& result) {
  const Json* program = members_.find("program");
  if (members_.find("sample") != nullptr) {
    if (program != nullptr)
      members_.complain("sample", "a case has a program or a sample, not both");
    return read_sample(result);
  }
  if (members_.required("program") == nullptr) return;
  check_program(diagnostics_, *program, members_.pointer_to("program"));
  result.program = *program;
}

void CaseReader::read_sample(Case& result) {
  const Json& json = *members_.find("sample");
  Sample sample;
  std::vector<std::string> known;
  for (const server::samples::Sample& one : server::samples::all_samples())
    known.emplace_back(one.name);
  if (json.is_object()) {
    Members members(diagnostics_, json, members_.pointer_to("sample"));
    sample.name = members.string("name", Presence::kRequired);
    sample.language = members.string("language", Presence::kOptional, sample.language);
    members.done();
    const std::vector<std::string> languages = {"js", "ts"};
    if (std::find(languages.begin(), languages.end(), sample.language) == languages.end())
      members.complain("language", "unknown language " + not_one_of(sample.language, languages));
  } else {
    sample.name = members_.string("sample", Presence::kRequired);
  }
  if (std::find(known.begin(), known.end(), sample.name) == known.end())
    members_.complain("sample", "unknown sample " + not_one_of(sample.name, known));
  result.sample = sample;
  check_sample_steps(result);
}

// What a sample has no part of: a log, control calls. Its own path is the worker's.
void CaseReader::check_sample_steps(Case& result) {
  for (std::size_t i = 0; i < result.steps.size(); ++i) {
    step::Action& action = result.steps[i].action;
    const auto* await = std::get_if<step::Await>(&action);
    if ((await != nullptr && std::holds_alternative<step::AwaitLog>(await->what)) ||
        std::holds_alternative<step::Evict>(action) ||
        std::holds_alternative<step::Deploy>(action) ||
        std::holds_alternative<step::Crash>(action) ||
        std::holds_alternative<step::StorageFaults>(action) ||
        std::holds_alternative<step::Usage>(action)) {
      diagnostics_.add(members_.pointer_to("steps") + "/" + std::to_string(i),
                       "needs the fixture; a sample has neither a log nor control calls");
    }
    if (result.steps[i].source.contains("segment")) continue;
    if (auto* connect = std::get_if<step::Connect>(&action)) connect->segment = kSampleSegment;
    if (auto* request = std::get_if<step::Request>(&action)) request->segment = kSampleSegment;
  }
  const Json* expect = members_.find("expect");
  if (expect == nullptr || !expect->is_object()) return;
  for (const auto& [lane, items] : expect->items()) {
    if (!clients_.contains(lane))
      diagnostics_.add(members_.pointer_to("expect") + pointer_token(lane),
                       "a sample keeps no log; expect what clients see");
  }
}

void CaseReader::read_remotes(Case& result) {
  result.remotes = members_.strings("remotes", Presence::kOptional);
  for (const std::string& name : result.remotes) {
    if (!is_client_name(name))
      members_.complain("remotes", "a remote's name is as a client's, not " + shown(Json(name)));
    if (!clients_.insert(name).second)
      members_.complain("remotes", shown(Json(name)) + " is named twice");
  }
}

// Remotes answer, clients connect.
void CaseReader::check_roles(const Case& result) {
  const auto is_remote = [&](const std::string& name) {
    return std::find(result.remotes.begin(), result.remotes.end(), name) != result.remotes.end();
  };
  const auto check = [&](const std::string& name, bool must_be_remote, const std::string& what) {
    if (is_remote(name) == must_be_remote) return;
    members_.complain("steps", "\"" + name + "\" is " + (must_be_remote ? "no" : "a") +
                                   " remote, and cannot be the client of \"" + what + "\"");
  };
  for (const Step& step : result.steps) {
    if (const auto* answer = std::get_if<step::Answer>(&step.action))
      check(answer->client, true, "answer");
    if (const auto* refuse = std::get_if<step::Refuse>(&step.action))
      check(refuse->client, true, "refuse");
    if (const auto* connect = std::get_if<step::Connect>(&step.action))
      check(connect->client, false, "connect");
    if (const auto* request = std::get_if<step::Request>(&step.action))
      check(request->client, false, "request");
  }
}

// A control call among the steps is a need, written or not.
void CaseReader::read_needs(Case& result) {
  const std::vector<std::string> allowed = {"crash",   "deploy",        "evict", "outgoing",
                                            "storage", "storageFaults", "usage", "virtualTime"};
  result.needs = members_.strings("needs", Presence::kOptional);
  for (const std::string& need : result.needs) {
    if (std::find(allowed.begin(), allowed.end(), need) == allowed.end()) {
      members_.complain("needs", "unknown feature " + not_one_of(need, allowed));
    }
  }
  const auto add = [&](const std::string& need) {
    if (std::find(result.needs.begin(), result.needs.end(), need) == result.needs.end())
      result.needs.push_back(need);
  };
  if (!result.remotes.empty()) add("outgoing");
  for (const Step& step : result.steps) {
    if (std::holds_alternative<step::Evict>(step.action)) add("evict");
    if (std::holds_alternative<step::Deploy>(step.action)) add("deploy");
    if (std::holds_alternative<step::Crash>(step.action)) add("crash");
    if (std::holds_alternative<step::StorageFaults>(step.action)) add("storageFaults");
    if (std::holds_alternative<step::Usage>(step.action)) add("usage");
  }
}

std::vector<Parameter> CaseReader::read_labels(Case& result) {
  std::vector<Parameter> parameters;
  const Json* json = members_.object("parameters", Presence::kOptional);
  if (json == nullptr) return parameters;
  for (const auto& [name, label] : json->items()) {
    if (!label.is_string()) {
      members_.complain("parameters", "in one case of a family each parameter has one label, not " +
                                          shown(label));
      continue;
    }
    result.parameters.emplace_back(name, label.get<std::string>());
    parameters.push_back({name, {{label.get<std::string>(), label}}});
  }
  return parameters;
}

// The scenario as one case of its family.
Json expanded(Diagnostics& diagnostics, const Json& scenario, const Combination& combination) {
  Json result = Json::object();
  Json::object_t& members = result.get_ref<Json::object_t&>();
  for (const auto& [name, value] : scenario.items()) {
    if (name == "except") continue;
    if (name == "parameters") {
      Json labels = Json::object();
      for (const auto& [parameter, chosen] : combination) labels[parameter] = chosen->label;
      if (!labels.empty()) members.emplace_back(name, std::move(labels));
    } else {
      members.emplace_back(name, fill_in(diagnostics, value, pointer_token(name), combination));
    }
  }
  if (const auto id = result.find("id"); id != result.end() && id->is_string()) {
    *id = id->get<std::string>() + id_suffix(combination);
  }
  return result;
}

// Problems, each told once.
class Unique {
 public:
  explicit Unique(std::vector<Problem>& problems) : problems_(problems) {
    for (const Problem& problem : problems) known_.insert(problem.to_string());
  }
  void add(const std::vector<Problem>& more) {
    for (const Problem& problem : more) {
      if (known_.insert(problem.to_string()).second) problems_.push_back(problem);
    }
  }

 private:
  std::vector<Problem>& problems_;
  std::set<std::string> known_;
};

void check_duplicates(Loaded& loaded) {
  std::map<std::string, const Case*> seen;
  Unique problems(loaded.problems);
  for (const Case& one : loaded.cases) {
    const auto [it, is_new] = seen.emplace(one.id, &one);
    if (is_new) continue;
    problems.add({{one.file, 0, 0, "/id",
                   "\"" + one.id + "\" is already the id of a case in " + it->second->file}});
  }
}

void append(Loaded& all, Loaded more) {
  std::move(more.cases.begin(), more.cases.end(), std::back_inserter(all.cases));
  std::move(more.problems.begin(), more.problems.end(), std::back_inserter(all.problems));
}

std::vector<std::string> json_files_under(const std::string& path, std::vector<Problem>& problems) {
  std::error_code error;
  if (!std::filesystem::is_directory(path, error)) return {path};
  std::vector<std::string> files;
  for (std::filesystem::recursive_directory_iterator it(path, error), end; !error && it != end;
       it.increment(error)) {
    if (it->path().extension() == ".json") files.push_back(it->path().generic_string());
  }
  if (error) problems.push_back({path, 0, 0, "", "cannot be listed: " + error.message()});
  if (!error && files.empty()) problems.push_back({path, 0, 0, "", "holds no .json file"});
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

Loaded load_scenario_text(const std::string& text, const std::string& file,
                          const statements::Registry& registry) {
  Loaded loaded;
  const auto document = parse_document(text, file, loaded.problems);
  if (!document) return loaded;
  Diagnostics diagnostics(*document, loaded.problems);
  Members members(diagnostics, document->json, "");
  if (!members.is_object()) return loaded;
  const std::vector<Parameter> parameters = read_parameters(diagnostics, members);
  const std::vector<Combination> chosen = combinations(diagnostics, members, parameters);
  Unique unique(loaded.problems);
  for (const Combination& combination : chosen) {
    std::vector<Problem> problems;
    Diagnostics own(*document, problems);
    const Json json = expanded(own, document->json, combination);
    loaded.cases.push_back(CaseReader(own, json, registry).read(&parameters));
    unique.add(problems);
  }
  check_duplicates(loaded);
  if (!loaded.ok()) loaded.cases.clear();
  return loaded;
}

Loaded load_scenario_file(const std::string& path, const statements::Registry& registry) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  if (in) text << in.rdbuf();
  if (!in) return {{}, {{path, 0, 0, "", "cannot be read"}}};
  return load_scenario_text(text.str(), path, registry);
}

Loaded load_catalogue(const std::vector<std::string>& paths, const statements::Registry& registry) {
  Loaded all;
  for (const std::string& path : paths) {
    for (const std::string& file : json_files_under(path, all.problems))
      append(all, load_scenario_file(file, registry));
  }
  check_duplicates(all);
  return all;
}

Loaded embedded_catalogue(const statements::Registry& registry) {
  Loaded all;
  for (const EmbeddedFile& file : embedded_catalogue_files()) {
    append(all, load_scenario_text(std::string(file.text), std::string(file.path), registry));
  }
  check_duplicates(all);
  return all;
}

Loaded load_case(const Json& json, const std::string& name, const statements::Registry& registry) {
  Loaded loaded;
  const JsonDocument document{name, {}, {}};
  Diagnostics diagnostics(document, loaded.problems);
  loaded.cases.push_back(CaseReader(diagnostics, json, registry).read(nullptr));
  if (!loaded.ok()) loaded.cases.clear();
  return loaded;
}

}  // namespace torpor::scenario
