// What a trace shows in one lane of a case.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/scenario/expectation.h"
#include "core/json.h"
#include "core/time.h"
#include "core/trace/trace.h"

namespace torpor::judge {

struct LaneEvent {
  const trace::Event* event = nullptr;
  std::size_t index = 0;           // into the trace's events
  std::optional<Duration> waited;  // since the latest earlier thing of the same client

  const Json& entry() const;  // REQUIRES: a log or usage event
  Json shown() const;         // for a person: the entry, or the kind with its members
};

using LaneEvents = std::vector<LaneEvent>;

// Of a client's event: whether it received something, rather than did something.
bool is_received(std::string_view kind);

// Points into `trace`.
LaneEvents events_of(const trace::Trace& trace, const scenario::Lane& lane);
// What client `name` received; every log entry; every answer to a `usage` step.
LaneEvents client_events(const trace::Trace& trace, const std::string& name);
LaneEvents log_events(const trace::Trace& trace);
LaneEvents usage_events(const trace::Trace& trace);

// The socket a log entry belongs to, if any.
std::optional<std::string> socket_of(const Json& entry);

// The finest lane that an event is in: a client's, a socket's, the object's, that of its cost.
struct Place {
  scenario::LaneKind kind;
  std::string_view subject;  // the client or socket; points into the event
};
std::optional<Place> place_of(const trace::Event& event);  // nothing: no lane shows it

// All of a trace at once, without `waited`.
struct GroupedEvents {
  std::map<std::string, LaneEvents> clients;  // what each received
  std::map<std::string, LaneEvents> sockets;  // the log entries of each
  LaneEvents object;                          // the log entries of no socket
  LaneEvents usage;
};
GroupedEvents grouped(const trace::Trace& trace);

}  // namespace torpor::judge
