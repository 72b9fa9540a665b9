// A trace as the properties look at it: what each client did and got, and the object's log.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "conformance/properties/frames.h"
#include "conformance/scenario/case.h"
#include "core/json.h"
#include "core/trace/trace.h"
#include "core/websocket/close.h"

namespace torpor::properties {

struct Message {
  bool binary = false;
  std::string octets;
  bool operator==(const Message&) const = default;
};

// Something that a client did, in order.
struct Deed {
  enum class Kind { kMessage, kPing, kClose, kFinish, kReset, kFault, kOther };
  Kind kind = Kind::kOther;
  Message message = {};                // the ping's payload too
  websocket::ClosePayload close = {};  // of a fault: the Close that tells of it, where it is known
  std::size_t step = 0;                // index into the case's steps
};

// Something that a client got, in order.
struct Got {
  enum class Kind { kMessage, kPong, kClose, kOther };
  Kind kind = Kind::kOther;
  Message message = {};
  websocket::ClosePayload close = {};
  bool compressed = false;
  std::size_t event = 0;  // index into the trace's events
};

// One connection: the properties know clients that connect once, and remotes that are asked once.
struct Client {
  std::string name;
  bool is_remote = false;
  std::optional<scenario::step::Answer> answer;  // of a remote
  bool refuses = false;
  std::size_t connects = 0;
  bool opened = false;
  bool answered = false;  // a response, or told that it will not come
  std::optional<int> status;
  std::string sent;        // the octets of its first write
  Json headers = nullptr;  // of the 101, of a remote: of the request; a list of pairs
  std::int64_t asked_at =
      0;                 // of a client: when its step began; of a remote: when the request came
  bool deflate = false;  // was negotiated
  std::optional<std::size_t> end;
  std::vector<Deed> deeds;
  std::vector<Got> got;
  bool stops_reading = false;
  Frames frames = {};

  const Deed* first(Deed::Kind kind) const;
  std::optional<std::string> header(const std::string& name) const;
  // Of a remote: it has answered, and so that the socket opens (OUT-05, OUT-13).
  bool answered_well() const;
};

struct Reset {
  std::size_t after = 0;  // entries of the log
  bool crashed = false;
};

struct History {
  const scenario::Case& scenario_case;
  const trace::Trace& trace;
  std::map<std::string, Client> clients;
  std::vector<const Json*> log;
  std::vector<std::size_t> log_events;  // where each entry is in the trace
  std::vector<Reset> resets;
  std::size_t restarts = 0;  // deploys and crashes, by a step or as a fault
  // Connections may break by themselves.
  bool links_break = false;
  // What is written becomes durable later, or never.
  bool writes_late = false;
  bool writes_fail = false;
  Duration last_wait{};  // the last of the steps that wait
  // How long they took all the time, where that is known.
  std::optional<std::int64_t> write_latency_us = 0;
};

// Both must outlive what is returned.
History history_of(const scenario::Case& scenario_case, const trace::Trace& trace);

// The data of a log entry or an event; nothing for what is neither text nor octets.
std::optional<Message> message_in(const Json& data);

}  // namespace torpor::properties
