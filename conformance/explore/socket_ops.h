// Requests that make a pair op by op: accept it, misuse it, return the right end, the wrong one or
// none; and pairs of which the object keeps both ends.
#pragma once

#include "conformance/explore/draw.h"
#include "core/json.h"

namespace torpor::explore {

// Segments of such requests. The first two open a connection as any other.
inline constexpr const char* kApartSegment = "apart";
inline constexpr const char* kApartStandardSegment = "apart-std";
// Opens none, or one that ends at once; of most programs.
inline constexpr const char* kOddSegment = "odd";
// Makes a pair that stays in the object.
inline constexpr const char* kPairSegment = "pair";

// A worker returns the socket of the object's response, or keeps it.
inline constexpr const char* kPassedSegment = "passed";
inline constexpr const char* kKeptSegment = "kept";
// It takes the socket of an object that has closed it, or has it for longer than an object may be
// idle before it returns it.
inline constexpr const char* kClosedSegment = "closed";
inline constexpr const char* kHeldSegment = "held";

// Adds the handlers of these segments, and those of the messages between the ends of a pair.
void add_socket_segments(Draw draw, Json& program);

}  // namespace torpor::explore
