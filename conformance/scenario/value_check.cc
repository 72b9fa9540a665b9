#include "conformance/scenario/value_check.h"

#include <algorithm>
#include <vector>

#include "conformance/scenario/tagged.h"
#include "core/value/json.h"

namespace torpor::scenario {

namespace {

// What {"$":"event"} may name.
const std::vector<std::string> kFields = {"message", "code", "reason", "wasClean", "client"};

void check_event(Diagnostics& diagnostics, const Json& value, const std::string& pointer) {
  Members members(diagnostics, value, pointer);
  members.allow("$");
  const std::string field = members.string("field", Presence::kRequired);
  if (!field.empty() && std::find(kFields.begin(), kFields.end(), field) == kFields.end()) {
    members.complain("field", "an event has no field " + not_one_of(field, kFields));
  }
  members.done();
}

// `value` with null for what only the fixture knows, and for texts: to check them need not cost
// their size.
Json plain(Diagnostics& diagnostics, const Json& value, const std::string& pointer) {
  if (value.is_array()) {
    Json list = Json::array();
    for (std::size_t i = 0; i < value.size(); ++i) {
      list.push_back(plain(diagnostics, value[i], pointer + "/" + std::to_string(i)));
    }
    return list;
  }
  if (!value.is_object()) return value;
  if (const auto tag = value.find("$"); tag != value.end()) {
    if (*tag == "event") {
      check_event(diagnostics, value, pointer);
      return nullptr;
    }
    if (tagged_text(value)) return nullptr;
  }
  Json object = Json::object();
  for (const auto& [name, member] : value.items()) {
    object[name] = plain(diagnostics, member, pointer + pointer_token(name));
  }
  return object;
}

}  // namespace

void check_value(Diagnostics& diagnostics, const Json& value, const std::string& pointer) {
  const auto read = value::from_json(plain(diagnostics, value, pointer));
  if (const auto* error = std::get_if<std::string>(&read)) {
    diagnostics.add(pointer, *error + " in " + shown(value));
  }
}

}  // namespace torpor::scenario
