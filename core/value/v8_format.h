// V8's value serialization, wire format version 15, as serializeAttachment and storage use it.
//
// Where V8's hidden representation decides, this is what is assumed of the value that is written:
//  - numbers: an integer of small-integer size (32 bit signed, not -0) is 'I', every other number
//  is 'N';
//  - arrays: one whose elements are all numbers, not all small integers, is a double array and
//  writes every element as
//    'N'; one with a hole is sparse 'a'; every other one is dense 'A'. V8 writes a formerly holey,
//    or a mixed array that became all numbers, differently: the same value can have more than one
//    size;
//  - strings: one octet a unit when every unit fits one, else two (V8 may keep a sliced or
//  concatenated Latin-1 string
//    in two-octet form);
//  - object keys: array indices come first, in numeric order, then the others in order of
//  insertion;
//  - errors: message, cause and stack; the stack is text of the engine's own and has no fixed size.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "core/value/value.h"

namespace torpor::value {

inline constexpr int kWireFormatVersion = 15;
// Nested deeper, a value is refused like V8 refuses it when its stack ends.
inline constexpr int kDepthMax = 1000;

// A DataCloneError (DOMException code 25).
struct CloneError {
  std::string name = "DataCloneError";
  std::string message;
  int code = 25;
};

// Octets, the header included.
std::variant<std::string, CloneError> serialize(const Value& value);
// Octets that are not a value are an error "Unable to deserialize cloned data.", whatever they are.
std::variant<Value, CloneError> deserialize(std::string_view octets);

}  // namespace torpor::value
