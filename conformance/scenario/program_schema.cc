#include "conformance/scenario/program_schema.h"

#include <algorithm>

#include "conformance/scenario/value_check.h"
#include "reference-server/fixture/program.h"

namespace torpor::scenario {

namespace {

enum class Type { kValue, kText, kCount, kTimes, kFlag, kValues, kHeaders, kOps, kApi, kEnd };

struct OpMember {
  const char* name;
  Type type;
  Presence presence = Presence::kOptional;
};

enum class Place { kAnywhere, kFetchOnly };

struct Op {
  const char* name;
  bool on_socket;  // takes "on"
  std::vector<OpMember> members;
  Place place = Place::kAnywhere;
};

constexpr Presence kRequired = Presence::kRequired;

std::vector<Op> storage_ops() {
  return {
      {"storagePut",
       false,
       {{"key", Type::kText, kRequired},
        {"value", Type::kValue, kRequired},
        {"options", Type::kValue},
        {"await", Type::kFlag},
        {"txn", Type::kFlag}}},
      {"storageList",
       false,
       {{"options", Type::kValue}, {"await", Type::kFlag}, {"txn", Type::kFlag}}},
      {"storageSync", false, {}},
      {"kvPut", false, {{"key", Type::kText, kRequired}, {"value", Type::kValue, kRequired}}},
      {"kvGet", false, {{"key", Type::kText, kRequired}}},
      {"kvDelete", false, {{"key", Type::kText, kRequired}}},
      {"kvList", false, {{"options", Type::kValue}}},
      {"sql", false, {{"query", Type::kText, kRequired}, {"bindings", Type::kValue}}},
      {"transactionSync", false, {{"ops", Type::kOps, kRequired}}},
      {"transaction", false, {{"ops", Type::kOps, kRequired}}},
      {"rollback", false, {}},
      {"storageGet",
       false,
       {{"key", Type::kText, kRequired}, {"await", Type::kFlag}, {"txn", Type::kFlag}}},
      {"storageDelete",
       false,
       {{"key", Type::kText, kRequired}, {"await", Type::kFlag}, {"txn", Type::kFlag}}},
      {"storageDeleteAll", false, {{"await", Type::kFlag}, {"txn", Type::kFlag}}},
      {"setAlarm", false, {{"ms", Type::kCount, kRequired}, {"txn", Type::kFlag}}},
      {"getAlarm", false, {{"txn", Type::kFlag}}},
      {"deleteAlarm", false, {{"txn", Type::kFlag}}},
  };
}

std::vector<Op> other_ops() {
  return {
      {"upgrade",
       false,
       {{"api", Type::kApi, kRequired}, {"tags", Type::kValue}, {"options", Type::kValue}},
       Place::kFetchOnly},
      {"pair", false, {}, Place::kFetchOnly},
      {"accept", true, {{"options", Type::kValue}, {"name", Type::kText}}},
      {"acceptWebSocket", true, {{"tags", Type::kValue}}},
      {"respond",
       false,
       {{"status", Type::kValue},
        {"headers", Type::kHeaders},
        {"body", Type::kValue},
        {"webSocket", Type::kEnd}},
       Place::kFetchOnly},
      {"newWebSocket",
       false,
       {{"remote", Type::kText},
        {"path", Type::kText},
        {"url", Type::kValue},
        {"protocols", Type::kValue},
        {"name", Type::kText}}},
      {"fetchWebSocket",
       false,
       {{"remote", Type::kText},
        {"path", Type::kText},
        {"url", Type::kValue},
        {"headers", Type::kHeaders},
        {"name", Type::kText}}},
      {"listen",
       true,
       {{"event", Type::kText, kRequired}, {"options", Type::kValue}, {"throws", Type::kText}}},
      {"requestMethod", false, {}, Place::kFetchOnly},
      {"requestHeader", false, {{"name", Type::kText, kRequired}}, Place::kFetchOnly},
      {"cloneResponse", false, {}, Place::kFetchOnly},
      {"copyResponse", false, {}, Place::kFetchOnly},
      {"send", true, {{"data", Type::kValue}}},
      {"close", true, {{"args", Type::kValues}}},
      {"serializeAttachment", true, {{"value", Type::kValue}, {"change", Type::kText}}},
      {"deserializeAttachment", true, {{"change", Type::kText}}},
      {"readyState", true, {}},
      {"get", true, {{"property", Type::kText, kRequired}}},
      {"setBinaryType", true, {{"value", Type::kValue, kRequired}}},
      {"getTags", true, {}},
      {"getWebSockets", false, {{"tag", Type::kValue}}},
      {"countWebSockets", false, {}},
      {"sameSocket", true, {}},
      {"setAutoResponse", false, {{"request", Type::kValue}, {"response", Type::kValue}}},
      {"getAutoResponse", false, {}},
      {"getAutoResponseTimestamp", true, {{"withinMs", Type::kCount}}},
      {"setEventTimeout", false, {{"args", Type::kValues}}},
      {"getEventTimeout", false, {}},
      {"remember", false, {{"key", Type::kText, kRequired}, {"value", Type::kValue, kRequired}}},
      {"recall", false, {{"key", Type::kText, kRequired}}},
      {"log", false, {{"value", Type::kValue, kRequired}}},
      {"throw", false, {{"name", Type::kText}, {"message", Type::kText}}},
      {"abort", false, {{"reason", Type::kValue}}},
      {"blockConcurrencyWhile", false, {{"ops", Type::kOps, kRequired}}},
      {"waitUntil", false, {{"ops", Type::kOps, kRequired}}},
      {"setTimeout", false, {{"ms", Type::kCount, kRequired}, {"ops", Type::kOps, kRequired}}},
      {"setInterval", false, {{"ms", Type::kCount, kRequired}, {"ops", Type::kOps, kRequired}}},
      {"repeat", false, {{"times", Type::kTimes, kRequired}, {"ops", Type::kOps, kRequired}}},
      {"sleep", false, {{"ms", Type::kCount, kRequired}}},
      {"microtask", false, {}},
      {"never", false, {}},
  };
}

const std::vector<Op>& ops() {
  static const std::vector<Op> all = [] {
    std::vector<Op> ops = other_ops();
    for (Op& op : storage_ops()) ops.push_back(std::move(op));
    return ops;
  }();
  return all;
}

bool is_one_of(const std::string& name, std::initializer_list<const char*> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool awaits(const std::string& op, const Json& json) {
  if (is_one_of(op,
                {"storagePut", "storageGet", "storageDelete", "storageList", "storageDeleteAll"}))
    return json.value("await", Json(true)) != false;
  return is_one_of(op, {"sleep", "microtask", "never", "repeat", "blockConcurrencyWhile",
                        "transaction", "setAlarm", "getAlarm", "deleteAlarm", "storageSync"});
}

// What they run may await, wherever they themselves are: the constructor does not wait for them.
bool awaits_within(const std::string& op) {
  return is_one_of(op, {"blockConcurrencyWhile", "transaction"});
}

bool runs_later(const std::string& op) {
  return is_one_of(op, {"setTimeout", "setInterval", "waitUntil"});
}

class ProgramChecker {
 public:
  explicit ProgramChecker(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  void handler(const std::string& name, const Json& json, const std::string& pointer);

 private:
  void check_ops(const Json& json, const std::string& pointer);
  void check_op(const Json& json, const std::string& pointer);
  void check_member(Members& members, const OpMember& member);
  void check_one_of(Members& members, const OpMember& member,
                    const std::vector<std::string>& allowed);
  void check_on(Members& members);

  Diagnostics& diagnostics_;
  std::string handler_;
  std::string at_once_;  // "constructor" or "transactionSync": nothing may be awaited within it
};

void ProgramChecker::handler(const std::string& name, const Json& json,
                             const std::string& pointer) {
  handler_ = name;
  at_once_ = name == "constructor" ? name : "";
  const bool chooses = name == "fetch" || name == "message" || name == "worker";
  if (!chooses || !json.is_object()) {
    check_ops(json, pointer);
    return;
  }
  for (const auto& [choice, list] : json.items()) check_ops(list, pointer + pointer_token(choice));
}

void ProgramChecker::check_ops(const Json& json, const std::string& pointer) {
  if (!json.is_array()) {
    diagnostics_.add(pointer, "must be a list of ops, not " + shown(json));
    return;
  }
  for (std::size_t i = 0; i < json.size(); ++i)
    check_op(json[i], pointer + "/" + std::to_string(i));
}

void ProgramChecker::check_op(const Json& json, const std::string& pointer) {
  Members members(diagnostics_, json, pointer);
  const std::string name = members.string("op", kRequired);
  if (name.empty()) return;
  const auto op =
      std::find_if(ops().begin(), ops().end(), [&](const Op& known) { return known.name == name; });
  if (op == ops().end()) {
    members.complain("op", "unknown op " + not_one_of(name, op_names()));
    return;
  }
  if (op->place == Place::kFetchOnly && handler_ != "fetch" && handler_ != "worker") {
    members.complain("op", "\"" + name + "\" works in \"fetch\" only, not in \"" + handler_ + "\"");
  }
  const bool in_constructor = at_once_ == "constructor";
  if (!at_once_.empty() && awaits(name, json) && !(in_constructor && awaits_within(name))) {
    members.complain("op", "\"" + name + "\" awaits, which \"" + at_once_ + "\" cannot" +
                               (in_constructor ? "; put it into \"blockConcurrencyWhile\"" : ""));
  }
  members.boolean("uncaught", false);
  const std::string before = at_once_;
  if (name == "transactionSync") at_once_ = name;
  if (runs_later(name) || (in_constructor && awaits_within(name))) at_once_.clear();
  if (op->on_socket) check_on(members);
  for (const OpMember& member : op->members) check_member(members, member);
  at_once_ = before;
  members.done();
}

void ProgramChecker::check_on(Members& members) {
  const auto on = members.optional_string("on");
  const std::vector<std::string> fixed = {"self", "client", "all"};
  if (!on || std::find(fixed.begin(), fixed.end(), *on) != fixed.end()) return;
  if (on->rfind("tag:", 0) == 0 || on->rfind("name:", 0) == 0) return;
  members.complain(
      "on", "unknown sockets " + not_one_of(*on, {"self", "client", "all", "tag:T", "name:N"}));
}

void ProgramChecker::check_one_of(Members& members, const OpMember& member,
                                  const std::vector<std::string>& allowed) {
  const Json* json =
      member.presence == kRequired ? members.required(member.name) : members.find(member.name);
  if (json == nullptr) return;
  const std::string value = json->is_string() ? json->get<std::string>() : shown(*json);
  if (std::find(allowed.begin(), allowed.end(), value) == allowed.end()) {
    members.complain(member.name,
                     std::string("unknown ") + member.name + " " + not_one_of(value, allowed));
  }
}

void ProgramChecker::check_member(Members& members, const OpMember& member) {
  constexpr std::int64_t kMsMax = 24LL * 60 * 60 * 1000;
  switch (member.type) {
    case Type::kValue:
      if (const Json* value = member.presence == kRequired ? members.required(member.name)
                                                           : members.find(member.name)) {
        check_value(diagnostics_, *value, members.pointer_to(member.name));
      }
      return;
    case Type::kText:
      members.string(member.name, member.presence);
      return;
    case Type::kCount:
      members.integer(member.name, member.presence, 0, kMsMax);
      return;
    case Type::kTimes:
      members.integer(member.name, member.presence, 0, server::fixture::kRepeatTimesMax);
      return;
    case Type::kFlag:
      members.boolean(member.name, true);
      return;
    case Type::kValues:
      if (const Json* values = members.array(member.name, member.presence)) {
        for (std::size_t i = 0; i < values->size(); ++i) {
          check_value(diagnostics_, (*values)[i],
                      members.pointer_to(member.name) + "/" + std::to_string(i));
        }
      }
      return;
    case Type::kHeaders:
      members.object(member.name, member.presence);
      return;
    case Type::kOps:
      if (const Json* list = members.required(member.name))
        check_ops(*list, members.pointer_to(member.name));
      return;
    case Type::kApi:
      check_one_of(members, member, {"hibernation", "standard"});
      return;
    case Type::kEnd:
      check_one_of(members, member, {"client", "self"});
      return;
  }
}

}  // namespace

std::vector<std::string> op_names() {
  std::vector<std::string> names;
  for (const Op& op : ops()) names.emplace_back(op.name);
  return names;
}

void check_program(Diagnostics& diagnostics, const Json& program, const std::string& pointer) {
  Members members(diagnostics, program, pointer);
  ProgramChecker checker(diagnostics);
  for (const char* name :
       {"worker", "constructor", "fetch", "open", "message", "close", "error", "alarm"}) {
    if (const Json* json = members.find(name))
      checker.handler(name, *json, members.pointer_to(name));
  }
  members.done();
}

}  // namespace torpor::scenario
