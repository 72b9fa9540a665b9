#include "conformance/scenario/members.h"
#include "conformance/scenario/tagged.h"
#include "core/trace/octets.h"

namespace torpor::scenario {

std::optional<Payload> read_text_payload(Diagnostics& diagnostics, const Json& json,
                                         const std::string& pointer) {
  auto payload = tagged_text(json);
  if (!payload) {
    diagnostics.add(
        pointer, R"(must be a string or {"$":"repeat","text":"a","count":9}, not )" + shown(json));
  }
  return payload;
}

std::optional<Payload> read_binary_payload(Diagnostics& diagnostics, const Json& json,
                                           const std::string& pointer) {
  std::optional<Payload> payload;
  if (json.is_string()) {
    if (auto octets = trace::from_hex(json.get_ref<const std::string&>()))
      payload = Payload{*std::move(octets), 1};
  } else {
    payload = tagged_text(json);
    if (!payload) payload = tagged_octets(json);
  }
  if (!payload) {
    diagnostics.add(
        pointer, R"(must be an even number of hex digits, {"$":"repeat","text":"a","count":9} or )"
                 R"({"$":"arraybuffer","hex":"00ff"}, not )" +
                     shown(json));
  }
  return payload;
}

}  // namespace torpor::scenario
