// Whether one expectation takes one event, and if not, why not.
#pragma once

#include <optional>
#include <string>

#include "conformance/judge/lane_events.h"
#include "conformance/scenario/expectation.h"

namespace torpor::judge {

// REQUIRES: `item` is no group. Nothing: it takes the event; otherwise what differs, for a person.
std::optional<std::string> mismatch(const scenario::expect::Item& item, const LaneEvent& event);

// The same sort of thing, whatever its contents: a close for a close, a log entry of the same event
// or op.
bool same_sort(const scenario::expect::Item& item, const LaneEvent& event);

// The headers of an `open` or `response` event that have this name, joined as HTTP joins them.
std::optional<std::string> header_of(const Json& members, const std::string& name);

// The payload of a `close` event.
std::string close_payload(const Json& members);

}  // namespace torpor::judge
