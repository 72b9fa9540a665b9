#include "conformance/judge/lane_events.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace torpor::judge {

namespace {

// Everything a client receives; the other kinds are what it does.
constexpr std::array<std::string_view, 11> kReceived = {
    "open", "response", "request",   "text", "binary",       "ping",
    "pong", "close",    "malformed", "end",  "connectFailed"};

// Tells something about the object itself.
bool has_entry(const trace::Event& event) {
  return event.actor == "object" && event.members.contains("entry") &&
         event.members["entry"].is_object();
}

// Null when it is of none.
const std::string* socket_in(const Json& entry) {
  const auto socket = entry.find("socket");
  return socket == entry.end() ? nullptr : socket->get_ptr<const std::string*>();
}

LaneEvents entries(const trace::Trace& trace, std::string_view kind) {
  LaneEvents events;
  for (std::size_t i = 0; i < trace.events.size(); ++i) {
    const trace::Event& event = trace.events[i];
    if (event.kind == kind && has_entry(event)) events.push_back({&event, i, std::nullopt});
  }
  return events;
}

}  // namespace

bool is_received(std::string_view kind) {
  return std::find(kReceived.begin(), kReceived.end(), kind) != kReceived.end();
}

const Json& LaneEvent::entry() const {
  return event->members.at("entry");
}

Json LaneEvent::shown() const {
  if (has_entry(*event)) return entry();
  Json json = {{"kind", event->kind}};
  const bool has_head =
      event->kind == "open" || event->kind == "response" || event->kind == "request";
  for (const auto& [name, value] : event->members.items()) {
    if (!(has_head && name == "octets")) json[name] = value;
  }
  return json;
}

LaneEvents client_events(const trace::Trace& trace, const std::string& name) {
  const std::string actor = "client:" + name;
  LaneEvents events;
  std::optional<Time> previous;
  for (std::size_t i = 0; i < trace.events.size(); ++i) {
    const trace::Event& event = trace.events[i];
    if (event.actor != actor) continue;
    if (is_received(event.kind)) {
      events.push_back({&event, i, previous ? std::optional(event.t - *previous) : std::nullopt});
    }
    previous = event.t;
  }
  return events;
}

LaneEvents log_events(const trace::Trace& trace) {
  return entries(trace, "log");
}

LaneEvents usage_events(const trace::Trace& trace) {
  return entries(trace, "usage");
}

std::optional<std::string> socket_of(const Json& entry) {
  const std::string* socket = entry.is_object() ? socket_in(entry) : nullptr;
  return socket ? std::optional(*socket) : std::nullopt;
}

std::optional<Place> place_of(const trace::Event& event) {
  constexpr std::string_view kClient = "client:";
  using scenario::LaneKind;
  if (event.actor.starts_with(kClient)) {
    if (!is_received(event.kind)) return std::nullopt;
    return Place{LaneKind::kClient, std::string_view(event.actor).substr(kClient.size())};
  }
  const bool log = event.kind == "log";
  if ((!log && event.kind != "usage") || !has_entry(event)) return std::nullopt;
  if (!log) return Place{LaneKind::kUsage, {}};
  const std::string* socket = socket_in(event.members["entry"]);
  return socket ? Place{LaneKind::kSocket, *socket} : Place{LaneKind::kObject, {}};
}

GroupedEvents grouped(const trace::Trace& trace) {
  using scenario::LaneKind;
  GroupedEvents groups;
  for (std::size_t i = 0; i < trace.events.size(); ++i) {
    const auto place = place_of(trace.events[i]);
    if (!place) continue;
    const std::string subject(place->subject);
    LaneEvents& lane = place->kind == LaneKind::kClient   ? groups.clients[subject]
                       : place->kind == LaneKind::kSocket ? groups.sockets[subject]
                       : place->kind == LaneKind::kUsage  ? groups.usage
                                                          : groups.object;
    lane.push_back({&trace.events[i], i, std::nullopt});
  }
  return groups;
}

LaneEvents events_of(const trace::Trace& trace, const scenario::Lane& lane) {
  if (lane.kind == scenario::LaneKind::kClient) return client_events(trace, lane.subject);
  if (lane.kind == scenario::LaneKind::kUsage) return usage_events(trace);
  LaneEvents events = log_events(trace);
  if (lane.kind == scenario::LaneKind::kSocket) {
    std::erase_if(events,
                  [&](const LaneEvent& event) { return socket_of(event.entry()) != lane.subject; });
  }
  return events;
}

}  // namespace torpor::judge
