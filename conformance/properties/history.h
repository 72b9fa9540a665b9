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
#include "core/time.h"
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
  Time at = {};
  bool with_next = false;  // left in one write with the next
};

// Something that a client got, in order.
struct Got {
  enum class Kind { kMessage, kPong, kClose, kOther };
  Kind kind = Kind::kOther;
  Message message = {};
  websocket::ClosePayload close = {};
  bool compressed = false;
  std::size_t event = 0;  // index into the trace's events
  Time at = {};
  std::int64_t frames = 1;  // that a message came in
};

struct Span {
  Time from, to;
};

// One connection: the properties know clients that connect once, and remotes that are asked once.
struct Client {
  std::string name;
  bool is_remote = false;
  std::optional<scenario::step::Answer> answer;  // of a remote
  bool refuses = false;
  std::size_t connects = 0;
  bool opened = false;
  bool asked = false;     // by a step `request`
  bool answered = false;  // a response, or told that it will not come
  Time answered_at = {};
  std::optional<int> status;
  std::string sent;        // the octets of its first write
  Json headers = nullptr;  // of the 101, of a remote: of the request; a list of pairs
  // Of a client: when its step began; of a remote: when the request came.
  std::int64_t asked_at = 0;
  bool deflate = false;  // was negotiated
  std::optional<std::size_t> end;
  std::vector<Deed> deeds;
  std::vector<Got> got;
  bool offers_compression = false;
  bool stops_reading = false;
  Frames frames = {};
  std::vector<Span> deaf = {};  // when it read nothing

  const Deed* first(Deed::Kind kind) const;
  std::optional<std::string> header(const std::string& name) const;
  // Of a remote: it has answered, and so that the socket opens (OUT-05, OUT-13).
  bool answered_well() const;
};

struct Reset {
  std::size_t after = 0;  // entries of the log
  bool crashed = false;
  std::optional<Time> at = {};  // where the target tells
};

// Times of a log are in whole milliseconds: what is nearer than this is the same time.
inline constexpr Duration kSlack = milliseconds(2);
// The programs of generated scenarios wait for less.
inline constexpr Duration kLongestWait = milliseconds(20'000);

// How long writes take to become durable, from some moment of the span on.
struct WriteFaults {
  Span set;
  Duration latency = {};
  bool fail = false;
};

// What hears of events that have no ops of their own choice.
inline constexpr const char* kHandlers[] = {"message", "close", "error", "alarm"};

struct History {
  const scenario::Case& scenario_case;
  const trace::Trace& trace;
  std::map<std::string, Client> clients = {};
  std::vector<const Json*> log = {};
  std::vector<std::size_t> log_events = {};  // where each entry is in the trace
  std::vector<Reset> resets = {};
  Json usage = {};           // as it was at the end, where the target tells
  std::size_t restarts = 0;  // deploys and crashes, by a step or as a fault
  // Connections may break by themselves.
  bool links_break = false;
  // What is written becomes durable later, or never.
  bool writes_late = false;
  Duration alarms_late{};  // at most
  bool writes_fail = false;
  std::vector<WriteFaults> write_faults = {};
  // When each entry of the log was written, where the target tells.
  std::vector<std::optional<Time>> log_times = {};
  std::vector<Span> evictions = {};  // asked for, and done within these
  std::vector<Span> refused_evictions = {};
  std::size_t dropping_evictions = 0;
  // So little fits on its way to a client that a message may have to wait (SEND-11).
  bool window_fills = false;
  // How long octets are on their way at most; nothing where that is open.
  std::optional<Duration> transit = {};
  Time end = {};         // of the steps; the log is read later
  Duration last_wait{};  // the last of the steps that wait
  // How long they took all the time, where that is known.
  std::optional<std::int64_t> write_latency_us = 0;
};

// Both must outlive what is returned.
History history_of(const scenario::Case& scenario_case, const trace::Trace& trace);

// The data of a log entry or an event; nothing for what is neither text nor octets.
std::optional<Message> message_in(const Json& data);

}  // namespace torpor::properties
