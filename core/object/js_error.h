// What the platform's API throws, and what user code throws.
#pragma once

#include <string>
#include <utility>

namespace torpor::object {

// A JavaScript exception: `name` is "Error", "TypeError", "RangeError" or the name of a
// DOMException.
struct JsError {
  std::string name;
  std::string message;
};

inline JsError error(std::string message) {
  return {"Error", std::move(message)};
}
inline JsError type_error(std::string message) {
  return {"TypeError", std::move(message)};
}
inline JsError range_error(std::string message) {
  return {"RangeError", std::move(message)};
}

// The event timeout, or the limit of blockConcurrencyWhile, ended an activity.
struct Cancelled {};

// ctx.abort() ends the running code where it stands; user code cannot catch it (ABORT-02).
struct Aborted {
  std::string reason;
};

}  // namespace torpor::object
