#include "conformance/judge/strand.h"

#include <algorithm>
#include <boost/algorithm/string/case_conv.hpp>
#include <utility>

#include "core/trace/octets.h"

namespace torpor::judge {
namespace {

using scenario::LaneKind;

struct Headed {
  std::string name;
  std::string value;
  auto operator<=>(const Headed&) const = default;
};

// A fresh key or the date of the day: no two runs share them.
bool is_noise(const std::string& header) {
  return header == "sec-websocket-accept" || header == "sec-websocket-key" || header == "date";
}

Json comparable_headers(const Json& headers) {
  std::vector<Headed> kept;
  for (const Json& header : headers) {
    if (!header.is_array() || header.size() != 2 || !header[0].is_string() ||
        !header[1].is_string())
      continue;
    std::string name =
        boost::algorithm::to_lower_copy(header[0].get<std::string>(), std::locale::classic());
    if (!is_noise(name)) kept.push_back({std::move(name), header[1].get<std::string>()});
  }
  std::sort(kept.begin(), kept.end());
  Json result = Json::array();
  for (const Headed& header : kept) result.push_back({header.name, header.value});
  return result;
}

}  // namespace

Json comparable(const LaneEvent& event) {
  const std::string& kind = event.event->kind;
  Json members = event.event->members;
  if (kind == "log") {
    Json entry = event.entry();
    entry.erase("seq");
    entry.erase("at");
    return entry;
  }
  if (kind == "open" || kind == "response" || kind == "request") {
    members.erase("octets");
    if (members.contains("headers")) members["headers"] = comparable_headers(members["headers"]);
  } else if (kind == "connectFailed") {
    members = Json::object();  // the reason is the operating system's wording
  } else if (kind == "close") {
    members.erase("reason");  // the octets have it, a reason that is not UTF-8 too
  } else if (const auto payload = trace::payload_of(members); payload) {
    members.erase("text");
    members["octets"] = trace::octets_to_json(*payload);
  }
  members["kind"] = kind;
  return members;
}

namespace {

std::vector<Strand> strands_of(const GroupedEvents& groups) {
  std::vector<Strand> strands;
  for (const auto& [client, events] : groups.clients)
    strands.push_back({client, LaneKind::kClient, client});
  for (const auto& [socket, events] : groups.sockets)
    strands.push_back({"object:" + socket, LaneKind::kSocket, socket});
  strands.push_back({"object", LaneKind::kObject, ""});
  strands.push_back({"usage", LaneKind::kUsage, ""});
  return strands;
}

Json comparable_all(const LaneEvents& events) {
  Json all = Json::array();
  for (const LaneEvent& event : events) all.push_back(comparable(event));
  return all;
}

}  // namespace

std::vector<Strand> strands_of(const GroupedEvents& a, const GroupedEvents& b) {
  std::vector<Strand> all = strands_of(a);
  for (const Strand& strand : strands_of(b)) {
    const auto same = [&](const Strand& known) {
      return known.name == strand.name && known.kind == strand.kind;
    };
    if (std::none_of(all.begin(), all.end(), same)) all.push_back(strand);
  }
  return all;
}

const LaneEvents& events_of(const GroupedEvents& groups, const Strand& strand) {
  static const LaneEvents kNone;
  if (strand.kind == LaneKind::kUsage) return groups.usage;
  if (strand.kind == LaneKind::kObject) return groups.object;
  const auto& named = strand.kind == LaneKind::kClient ? groups.clients : groups.sockets;
  const auto found = named.find(strand.subject);
  return found == named.end() ? kNone : found->second;
}

Json course_of(const trace::Trace& trace) {
  Json course = Json::object();
  for (const auto& [client, events] : grouped(trace).clients)
    course[client] = comparable_all(events);
  course["object"] = comparable_all(log_events(trace));
  return course;
}

}  // namespace torpor::judge
