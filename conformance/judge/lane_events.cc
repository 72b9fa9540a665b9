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

bool is_received(const trace::Event& event) {
  return std::find(kReceived.begin(), kReceived.end(), event.kind) != kReceived.end();
}

// Tells something about the object itself.
bool has_entry(const trace::Event& event) {
  return event.actor == "object" && event.members.contains("entry") &&
         event.members["entry"].is_object();
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
    if (is_received(event)) {
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
  if (!entry.is_object()) return std::nullopt;
  const auto socket = entry.find("socket");
  if (socket == entry.end() || !socket->is_string()) return std::nullopt;
  return socket->get<std::string>();
}

GroupedEvents grouped(const trace::Trace& trace) {
  constexpr std::string_view kClient = "client:";
  GroupedEvents groups;
  for (std::size_t i = 0; i < trace.events.size(); ++i) {
    const trace::Event& event = trace.events[i];
    const LaneEvent in_lane{&event, i, std::nullopt};
    if (event.actor.starts_with(kClient)) {
      LaneEvents& received = groups.clients[event.actor.substr(kClient.size())];
      if (is_received(event)) received.push_back(in_lane);
    } else if (event.kind == "log" && has_entry(event)) {
      const auto socket = socket_of(in_lane.entry());
      (socket ? groups.sockets[*socket] : groups.object).push_back(in_lane);
    } else if (event.kind == "usage" && has_entry(event)) {
      groups.usage.push_back(in_lane);
    }
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
