#include "conformance/judge/comparable.h"

#include <algorithm>
#include <boost/algorithm/string/case_conv.hpp>
#include <locale>
#include <string>
#include <utility>
#include <vector>

#include "core/trace/octets.h"

namespace torpor::judge {
namespace {

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

Json comparable(const trace::Event& event) {
  const std::string& kind = event.kind;
  Json members = event.members;
  if (kind == "log") {
    Json entry = members.at("entry");
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

}  // namespace torpor::judge
