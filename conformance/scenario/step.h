// What clients do, typed: one struct per `do` of SCENARIO.md, every default filled in.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "conformance/scenario/payload.h"
#include "core/json.h"
#include "core/time.h"
#include "core/websocket/frame.h"

namespace torpor::scenario::step {

// A header to put in place of the default one of that name; without a value: to leave it out.
using Headers = std::vector<std::pair<std::string, std::optional<std::string>>>;

struct Connect {
  std::string client;
  std::string segment = "ws";
  std::string method = "GET";
  Headers headers;
  std::vector<std::string> subprotocols;
  std::optional<std::string> extensions;  // the Sec-WebSocket-Extensions offer
  std::string http = "1.1";
  std::optional<std::string> worker;  // a path instead of /object/NAME/SEGMENT
  std::string pipelined;              // octets sent with the request
  bool async = false;                 // do not wait for the response head
};

struct Request {
  std::string client;
  std::string segment = "*";
  std::string method = "GET";
  Headers headers;
  std::string body;
  bool async = false;
};

struct Send {
  std::string client;
  bool binary = false;
  Payload payload;
  bool compress = true;  // when deflate was negotiated
};

using websocket::LengthForm;

struct Frame {
  std::string client;
  std::uint8_t opcode = 0;
  Payload payload;
  bool fin = true;
  bool rsv1 = false;
  bool rsv2 = false;
  bool rsv3 = false;
  std::optional<bool> masked;  // absent: a client masks, a remote does not
  LengthForm length = LengthForm::kMinimal;
  std::optional<std::uint64_t> declared;  // the payload size that the header claims
};

struct Octets {
  std::string client;
  std::string octets;
};

struct Ping {
  std::string client;
  std::string payload;
};

struct Pong {
  std::string client;
  std::string payload;
};

struct Close {
  std::string client;
  std::string payload;  // code and reason as they go on the wire; empty: an empty Close
};

struct Finish {
  std::string client;
};
struct Reset {
  std::string client;
};
struct StopReading {
  std::string client;
};
struct ResumeReading {
  std::string client;
};

// Of a remote: what it says to the request of the object's outgoing socket. 101 comes with the
// right Sec-WebSocket-Accept.
struct Answer {
  std::string client;
  int status = 101;
  Headers headers;
  std::string body;
};
// Of a remote: connections to it are refused from now on.
struct Refuse {
  std::string client;
};

struct Wait {
  Duration duration{};
};
struct Hibernate {};  // kHibernateWait
struct Evict {
  bool closes = false;  // the sockets, instead of keeping them through hibernation (HIB-22)
};
struct Deploy {};
struct Crash {};
// What the object writes from now on: when it becomes durable, or that it never does; and how much
// later than set its alarms go off.
struct StorageFaults {
  Duration write_latency{};
  bool writes_fail = false;
  Duration alarms_late{};
};

struct Usage {};  // asks what the object has cost so far, and what holds it

// Long enough for an idle object to have been evicted.
inline constexpr Duration kHibernateWait = milliseconds(10'700);

struct AwaitFrames {
  std::string client;
  std::size_t count = 0;  // received since the connection opened, control frames included
};
struct AwaitEnd {
  std::string client;
};
struct AwaitResponse {
  std::string client;
};
// The object's request has come to this remote.
struct AwaitRequest {
  std::string client;
};
struct AwaitLog {
  Json pattern;  // matches_subset (subset.h)
  std::size_t count = 1;
};

struct Await {
  std::variant<AwaitFrames, AwaitEnd, AwaitResponse, AwaitRequest, AwaitLog> what;
  Duration timeout = milliseconds(5'000);
};

using Action = std::variant<Connect, Request, Send, Frame, Octets, Ping, Pong, Close, Finish, Reset,
                            StopReading, ResumeReading, Wait, Hibernate, Await, Evict, Deploy,
                            Crash, StorageFaults, Usage, Answer, Refuse>;

}  // namespace torpor::scenario::step

namespace torpor::scenario {

struct Step {
  step::Action action;
  bool cork = false;  // leaves in one write with the next step of the same client
  Json source;        // the step as written, for the trace
};

}  // namespace torpor::scenario
