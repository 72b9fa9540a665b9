#include "conformance/scenario/expectation_loader.h"

#include <algorithm>
#include <optional>

#include "conformance/scenario/close_payload.h"
#include "conformance/scenario/log_schema.h"
#include "conformance/scenario/tagged.h"
#include "conformance/scenario/usage_schema.h"

namespace torpor::scenario {

namespace {

using namespace expect;

const std::vector<std::string> kGroups = {"oneOf", "unordered", "optional", "when"};
const std::vector<std::string> kClientItems = {"open",   "response",     "request", "text",
                                               "binary", "ping",         "pong",    "close",
                                               "end",    "connectFailed"};
const std::vector<std::string> kCommon = {"statement", "note", "within"};

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

class ItemReader {
 public:
  ItemReader(Diagnostics& diagnostics, const ExpectationScope& scope, LaneKind lane)
      : diagnostics_(diagnostics), scope_(scope), lane_(lane) {}

  Items read_list(const Json& json, const std::string& pointer,
                  const std::vector<std::string>& inherited);

 private:
  Item read(const Json& json, const std::string& pointer,
            const std::vector<std::string>& inherited);
  void read_common(Members& members, Item& item, const std::vector<std::string>& inherited,
                   bool is_group);
  void read_group(const std::string& kind, Members& members, Item& item);
  void read_client_item(const std::string& kind, Members& members, Item& item);
  void read_pattern(const Json& json, const std::string& pointer, Item& item);

  std::vector<HeaderCheck> headers(Members& members);
  Open open(const Json& json, const std::string& pointer);
  Request request(const Json& json, const std::string& pointer);
  Response response(const Json& json, const std::string& pointer);
  OneOf one_of(const Json& json, const std::string& pointer,
               const std::vector<std::string>& inherited);
  When when(Members& members, const std::vector<std::string>& inherited);
  void condition(const std::string& name, const Json& json, const std::string& pointer, When& when);

  Diagnostics& diagnostics_;
  const ExpectationScope& scope_;
  LaneKind lane_;
};

Items ItemReader::read_list(const Json& json, const std::string& pointer,
                            const std::vector<std::string>& inherited) {
  Items items;
  if (!json.is_array()) {
    diagnostics_.add(pointer, "must be a list of expectations, not " + shown(json));
    return items;
  }
  for (std::size_t i = 0; i < json.size(); ++i) {
    items.push_back(read(json[i], pointer + "/" + std::to_string(i), inherited));
  }
  return items;
}

// The member that says which item it is; empty when it is a log pattern, or none (which is then a
// problem).
std::string kind_of(Diagnostics& diagnostics, const Json& json, const std::string& pointer,
                    LaneKind lane) {
  std::vector<std::string> known =
      lane == LaneKind::kClient ? kClientItems : std::vector<std::string>();
  known.insert(known.end(), kGroups.begin(), kGroups.end());
  std::string kind;
  std::string other;
  for (const auto& [name, value] : json.items()) {
    if (contains(known, name)) {
      if (!kind.empty())
        diagnostics.add(pointer,
                        "is both \"" + kind + "\" and \"" + name + "\"; one item is one thing");
      kind = name;
    } else if (!contains(kCommon, name) && other.empty()) {
      other = name;
    }
  }
  if (kind.empty() && lane == LaneKind::kClient) {
    diagnostics.add(pointer, other.empty() ? "an empty expectation"
                                           : "unknown expectation " + not_one_of(other, known));
  }
  return kind;
}

Item ItemReader::read(const Json& json, const std::string& pointer,
                      const std::vector<std::string>& inherited) {
  Item item;
  item.source = json;
  item.line = diagnostics_.line_of(pointer);
  item.what = Log{};
  if (!json.is_object()) {
    diagnostics_.add(pointer, "must be an object, not " + shown(json));
    return item;
  }
  const std::string kind = kind_of(diagnostics_, json, pointer, lane_);
  if (kind.empty() && lane_ == LaneKind::kClient) return item;
  Members members(diagnostics_, json, pointer);
  read_common(members, item, inherited, contains(kGroups, kind));
  if (kind.empty()) {
    read_pattern(json, pointer, item);
  } else {
    contains(kGroups, kind) ? read_group(kind, members, item)
                            : read_client_item(kind, members, item);
    members.done();
  }
  return item;
}

void ItemReader::read_common(Members& members, Item& item,
                             const std::vector<std::string>& inherited, bool is_group) {
  item.note = members.string("note", Presence::kOptional);
  const Json* statement = members.find("statement");
  if (statement != nullptr && statement->is_array()) {
    item.statements = members.strings("statement", Presence::kOptional);
  } else if (statement != nullptr) {
    item.statements = {members.string("statement", Presence::kOptional)};
  }
  for (const std::string& id : item.statements) {
    check_statement(diagnostics_, id, members.pointer_to("statement"), scope_.registry);
    if (!contains(scope_.statements, id)) {
      members.complain("statement", "\"" + id + "\" is not in the scenario's \"statements\"");
    }
  }
  if (item.statements.empty()) item.statements = inherited;
  const Json* within = members.array("within", Presence::kOptional);
  if (within == nullptr) return;
  const auto is_count = [](const Json& value) { return value.is_number_unsigned(); };
  if (is_group || lane_ != LaneKind::kClient) {
    members.complain("within", "belongs to a single item in a client's lane");
  } else if (within->size() != 2 || !std::all_of(within->begin(), within->end(), is_count) ||
             (*within)[0].get<std::uint64_t>() > (*within)[1].get<std::uint64_t>()) {
    members.complain("within", "must be [min_ms, max_ms], not " + shown(*within));
  } else {
    item.within = Within{milliseconds((*within)[0].get<std::int64_t>()),
                         milliseconds((*within)[1].get<std::int64_t>())};
  }
}

void ItemReader::read_group(const std::string& kind, Members& members, Item& item) {
  const std::string pointer = members.pointer_to(kind);
  if (kind == "oneOf") {
    item.what = one_of(*members.find(kind), pointer, item.statements);
  } else if (kind == "unordered") {
    item.what = Unordered{read_list(*members.find(kind), pointer, item.statements)};
  } else if (kind == "optional") {
    item.what = expect::Optional{read_list(*members.find(kind), pointer, item.statements)};
  } else {
    item.what = when(members, item.statements);
  }
}

OneOf ItemReader::one_of(const Json& json, const std::string& pointer,
                         const std::vector<std::string>& inherited) {
  OneOf one_of;
  if (!json.is_array() || json.size() < 2) {
    diagnostics_.add(pointer, "must be a list of at least two alternatives, not " + shown(json));
    return one_of;
  }
  for (std::size_t i = 0; i < json.size(); ++i) {
    Members members(diagnostics_, json[i], pointer + "/" + std::to_string(i));
    Alternative alternative;
    alternative.name = members.string("name", Presence::kRequired);
    alternative.source = members.string("source", Presence::kOptional);
    if (const Json* items = members.required("items")) {
      alternative.items = read_list(*items, members.pointer_to("items"), inherited);
    }
    members.done();
    one_of.alternatives.push_back(std::move(alternative));
  }
  return one_of;
}

When ItemReader::when(Members& members, const std::vector<std::string>& inherited) {
  When when;
  if (const Json* json = members.object("when", Presence::kRequired)) {
    const std::string pointer = members.pointer_to("when");
    if (json->empty()) diagnostics_.add(pointer, R"(must name "profile" or a parameter)");
    for (const auto& [name, value] : json->items())
      condition(name, value, pointer + pointer_token(name), when);
  }
  if (const Json* then = members.required("then")) {
    when.then = read_list(*then, members.pointer_to("then"), inherited);
  }
  if (const Json* otherwise = members.find("else")) {
    when.otherwise = read_list(*otherwise, members.pointer_to("else"), inherited);
  }
  return when;
}

void ItemReader::condition(const std::string& name, const Json& json, const std::string& pointer,
                           When& when) {
  std::vector<std::string> names = {"profile"};
  std::vector<std::string> allowed;
  const Parameter* parameter = nullptr;
  for (const Parameter& candidate : scope_.parameters) {
    names.push_back(candidate.name);
    if (candidate.name == name) parameter = &candidate;
  }
  if (name == "profile") {
    for (const compat::Profile profile : compat::kProfiles)
      allowed.emplace_back(compat::name_of(profile));
  } else if (parameter != nullptr) {
    for (const ParameterValue& value : parameter->values) {
      if (scope_.all_labels_known) allowed.push_back(value.label);
    }
  } else {
    diagnostics_.add(pointer, "neither \"profile\" nor a parameter: " + not_one_of(name, names));
    return;
  }
  std::vector<std::string> labels;
  for (const Json& one : json.is_array() ? json : Json::array({json})) {
    labels.push_back(one.is_string() ? one.get<std::string>() : one.dump());
    if (!allowed.empty() && !contains(allowed, labels.back())) {
      diagnostics_.add(pointer, "no value " + not_one_of(labels.back(), allowed));
    }
  }
  if (labels.empty()) diagnostics_.add(pointer, "an empty list never holds");
  if (name != "profile") {
    when.parameters.emplace_back(name, labels);
    return;
  }
  for (const std::string& label : labels) {
    if (const auto profile = compat::profile_named(label)) when.profiles.push_back(*profile);
  }
}

void ItemReader::read_client_item(const std::string& kind, Members& members, Item& item) {
  const std::string pointer = members.pointer_to(kind);
  if (kind == "open") {
    item.what = open(*members.find(kind), pointer);
  } else if (kind == "response") {
    item.what = response(*members.find(kind), pointer);
  } else if (kind == "request") {
    item.what = request(*members.find(kind), pointer);
  } else if (kind == "close") {
    Members close(diagnostics_, *members.find(kind), pointer);
    const bool any_reason = close.boolean("anyReason", false);
    item.what = expect::Close{read_close_payload(diagnostics_, close), any_reason};
    close.done();
  } else if (kind == "connectFailed") {
    if (!members.boolean(kind, false)) members.complain(kind, "must be true");
    item.what = ConnectFailed{};
  } else if (kind == "end") {
    const std::string how = members.string(kind, Presence::kRequired, "fin");
    const std::vector<std::string> ends = {"fin", "reset", "any"};
    const auto it = std::find(ends.begin(), ends.end(), how);
    if (it == ends.end()) members.complain(kind, "unknown end " + not_one_of(how, ends));
    item.what = End{static_cast<EndHow>(it == ends.end() ? 0 : it - ends.begin())};
  } else {
    const std::vector<std::string> frames = {"text", "binary", "ping", "pong"};
    expect::Frame frame;
    frame.kind =
        static_cast<FrameKind>(std::find(frames.begin(), frames.end(), kind) - frames.begin());
    const Json& payload = *members.find(kind);
    const bool binary = frame.kind == FrameKind::kBinary || tagged_octets(payload).has_value();
    frame.payload = binary ? members.binary_payload(kind, Presence::kRequired)
                           : members.text_payload(kind, Presence::kRequired);
    frame.any_more = members.boolean("anyMore", false);
    if (members.find("compressed") != nullptr)
      frame.compressed = members.boolean("compressed", false);
    if (members.find("frames") != nullptr)
      frame.frames = members.integer("frames", Presence::kRequired, 1, 1'000'000);
    item.what = std::move(frame);
  }
}

std::vector<HeaderCheck> ItemReader::headers(Members& members) {
  std::vector<HeaderCheck> checks;
  const Json* json = members.object("headers", Presence::kOptional);
  if (json == nullptr) return checks;
  for (const auto& [name, value] : json->items()) {
    if (!value.is_string() && !value.is_null()) {
      diagnostics_.add(
          members.pointer_to("headers") + pointer_token(name),
          "must be a string, or null for a header that must be absent, not " + shown(value));
    }
    checks.push_back(
        {name, value.is_string() ? std::optional(value.get<std::string>()) : std::nullopt});
  }
  return checks;
}

Open ItemReader::open(const Json& json, const std::string& pointer) {
  Members members(diagnostics_, json, pointer);
  Open open{headers(members)};
  members.done();
  return open;
}

Request ItemReader::request(const Json& json, const std::string& pointer) {
  Members members(diagnostics_, json, pointer);
  Request request{members.optional_string("method"), members.optional_string("target"),
                  headers(members)};
  members.done();
  return request;
}

Response ItemReader::response(const Json& json, const std::string& pointer) {
  Members members(diagnostics_, json, pointer);
  Response response;
  if (const auto status = members.integer("status", Presence::kOptional, 100, 999)) {
    response.status = static_cast<int>(*status);
  }
  response.status_text = members.optional_string("statusText");
  response.headers = headers(members);
  if (members.find("body") != nullptr)
    response.body = members.text_payload("body", Presence::kOptional).octets();
  members.done();
  return response;
}

void ItemReader::read_pattern(const Json& json, const std::string& pointer, Item& item) {
  Json pattern = Json::object();
  for (const auto& [name, value] : json.items()) {
    if (!contains(kCommon, name)) pattern[name] = value;
  }
  if (lane_ == LaneKind::kUsage) {
    check_usage_pattern(diagnostics_, pattern, pointer);
    item.what = Usage{std::move(pattern)};
  } else {
    check_log_pattern(diagnostics_, pattern, pointer);
    item.what = Log{std::move(pattern)};
  }
}

Lane lane_named(Diagnostics& diagnostics, const std::string& name, const std::string& pointer,
                const std::set<std::string>& clients) {
  if (name == "object") return {name, LaneKind::kObject, "", {}};
  if (name == "usage") return {name, LaneKind::kUsage, "", {}};
  if (name.rfind("object:", 0) == 0) {
    if (name.size() == 7) diagnostics.add(pointer, "a socket's name must follow \"object:\"");
    return {name, LaneKind::kSocket, name.substr(7), {}};
  }
  if (!clients.contains(name)) {
    std::vector<std::string> allowed(clients.begin(), clients.end());
    allowed.insert(allowed.end(), {"object", "object:NAME", "usage"});
    diagnostics.add(pointer,
                    "no step connects a client of this name: " + not_one_of(name, allowed));
  }
  return {name, LaneKind::kClient, name, {}};
}

}  // namespace

void check_statement(Diagnostics& diagnostics, const std::string& id, const std::string& pointer,
                     const statements::Registry& registry) {
  if (registry.find(id) == nullptr)
    diagnostics.add(pointer, "unknown statement " + not_one_of(id, registry.ids()) +
                                 "; `torpor explain '*'` lists them");
}

std::vector<Lane> read_lanes(Diagnostics& diagnostics, Members& scenario,
                             const ExpectationScope& scope) {
  std::vector<Lane> lanes;
  const Json* json = scenario.object("expect", Presence::kRequired);
  if (json == nullptr) return lanes;
  if (json->empty())
    scenario.complain("expect", "expects nothing; a case must say what must be seen");
  for (const auto& [name, items] : json->items()) {
    const std::string pointer = scenario.pointer_to("expect") + pointer_token(name);
    Lane lane = lane_named(diagnostics, name, pointer, scope.clients);
    lane.items = ItemReader(diagnostics, scope, lane.kind).read_list(items, pointer, {});
    lanes.push_back(std::move(lane));
  }
  return lanes;
}

}  // namespace torpor::scenario
