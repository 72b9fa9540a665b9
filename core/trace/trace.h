// What one run of one scenario on one target looked like (traces/README.md), as plain values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/json.h"
#include "core/time.h"

namespace torpor::trace {

inline constexpr int kFormatVersion = 1;

struct Header {
  std::string case_id;
  Json scenario;  // the case itself, parameters filled in
  std::string target_name;
  std::string target_version;
  std::string profile;
  std::uint64_t seed = 0;
  Json tape;  // a list, or null where no choices were recorded
};

struct Event {
  Time t;
  std::string actor;  // "client:NAME", "object", "harness"
  std::string kind;
  Json members = Json::object();  // everything but t, actor and kind
};

struct Trace {
  Header header;
  std::vector<Event> events;
  std::string digest;  // 32 hex digits over the events without their t
};

// The lines of a trace, without the newline. Strings that are not UTF-8 are written with U+FFFD for
// what is wrong.
std::string header_line(const Header& header);
std::string event_line(const Event& event);
// What the digest is over: an event's line without its `t`.
std::string timeless_line(const Event& event);

// A member of an event by its type; absent or of another type: empty, or `otherwise`. A trace may
// come from anywhere.
std::string text_member(const Json& members, const char* name);
std::int64_t number_member(const Json& members, const char* name, std::int64_t otherwise);

// The line number an event has in its file: the header is line 1.
constexpr std::size_t line_of(std::size_t event_index) {
  return event_index + 2;
}

}  // namespace torpor::trace
