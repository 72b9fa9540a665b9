#include "core/trace/trace.h"

namespace torpor::trace {

namespace {

std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string header_line(const Header& header) {
  return dump(
      Json{{"torpor_trace", kFormatVersion},
           {"case", header.case_id},
           {"scenario", header.scenario},
           {"target", Json{{"name", header.target_name}, {"version", header.target_version}}},
           {"profile", header.profile},
           {"seed", header.seed},
           {"tape", header.tape}});
}

std::string timeless_line(const Event& event) {
  Json json = {{"actor", event.actor}, {"kind", event.kind}};
  for (const auto& [name, value] : event.members.items()) json[name] = value;
  return dump(json);
}

std::string event_line(const Event& event) {
  return "{\"t\":" + std::to_string(to_microseconds(event.t)) + "," +
         timeless_line(event).substr(1);
}

std::string text_member(const Json& members, const char* name) {
  const auto it = members.find(name);
  return it != members.end() && it->is_string() ? it->get<std::string>() : "";
}

std::int64_t number_member(const Json& members, const char* name, std::int64_t otherwise) {
  const auto it = members.find(name);
  return it != members.end() && it->is_number_integer() ? it->get<std::int64_t>() : otherwise;
}

}  // namespace torpor::trace
