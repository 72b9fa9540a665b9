// What must be seen, typed: the items of SCENARIO.md as a tree.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "conformance/scenario/payload.h"
#include "core/compat/profile.h"
#include "core/json.h"
#include "core/time.h"

namespace torpor::scenario::expect {

struct Item;
using Items = std::vector<Item>;

// A header that must have this value (names without regard to case); without a value: must be
// absent.
struct HeaderCheck {
  std::string name;
  std::optional<std::string> value;
};

struct Open {
  std::vector<HeaderCheck> headers;
};

struct Response {
  std::optional<int> status;
  std::optional<std::string> status_text;  // what follows the status in the first line
  std::vector<HeaderCheck> headers;
  std::optional<std::string> body;
};

// The head of the object's request, as a remote gets it.
struct Request {
  std::optional<std::string> method;
  std::optional<std::string> target;
  std::vector<HeaderCheck> headers;
};

enum class FrameKind { kText, kBinary, kPing, kPong };

struct Frame {
  FrameKind kind = FrameKind::kText;
  Payload payload;
  bool any_more = false;  // the payload begins so
  std::optional<bool> compressed;
  std::optional<std::int64_t> frames;  // that the message came in
};

// Exactly this payload: an absent reason is an empty one, {} an empty payload.
struct Close {
  std::string payload;
  bool any_reason = false;  // only the code counts
};

enum class EndHow { kFin, kReset, kAny };

struct End {
  EndHow how = EndHow::kFin;
};

struct ConnectFailed {};

struct Log {
  Json pattern;  // matches_subset (subset.h)
};

// The answer to a `usage` step.
struct Usage {
  Json pattern;  // matches_subset
};

struct Alternative {
  std::string name;
  std::string source;
  Items items;
};

struct OneOf {
  std::vector<Alternative> alternatives;
};

struct Unordered {
  Items items;
};

struct Optional {
  Items items;
};

// Chooses `then` when the profile is one of `profiles` (or they are empty) and every parameter has
// one of its labels.
struct When {
  std::vector<compat::Profile> profiles;
  std::vector<std::pair<std::string, std::vector<std::string>>> parameters;
  Items then;
  Items otherwise;
};

struct Within {
  Duration min{};
  Duration max{};
};

struct Item {
  std::variant<Open, Response, Request, Frame, Close, End, ConnectFailed, Log, Usage, OneOf,
               Unordered, Optional, When>
      what;
  // Its own, or those of the closest item around it that has any.
  std::vector<std::string> statements;
  std::string note;
  std::optional<Within> within;  // after the latest earlier thing of the same client
  Json source;                   // the item as written
  std::size_t line = 0;          // where; 0 when it came out of a trace
};

}  // namespace torpor::scenario::expect

namespace torpor::scenario {

enum class LaneKind { kClient, kObject, kSocket, kUsage };

struct Lane {
  std::string name;  // as written: "a", "object", "object:a", "usage"
  LaneKind kind = LaneKind::kClient;
  std::string subject;  // the client, or the socket; empty for the whole log and for usage
  expect::Items items;
};

}  // namespace torpor::scenario
