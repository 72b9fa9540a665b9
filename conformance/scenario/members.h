// Reads the members of a JSON object by name and type, telling a person about each one that is
// wrong.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "conformance/scenario/json_document.h"
#include "conformance/scenario/payload.h"
#include "conformance/scenario/problem.h"
#include "core/json.h"

namespace torpor::scenario {

// Where problems go, and where in the file they are.
class Diagnostics {
 public:
  Diagnostics(const JsonDocument& document, std::vector<Problem>& problems)
      : document_(document), problems_(problems) {}

  void add(const std::string& pointer, const std::string& message);
  std::size_t line_of(const std::string& pointer) const { return document_.line_of(pointer); }
  const std::string& file() const { return document_.file; }
  std::size_t count() const { return problems_.size(); }

 private:
  const JsonDocument& document_;
  std::vector<Problem>& problems_;
};

enum class Presence { kOptional, kRequired };

// Each getter says what is wrong with its member and then returns a default, so that one pass finds
// everything. What has been asked for is what is allowed: done() names every other member.
class Members {
 public:
  // What is no object counts as one without members, once that has been said.
  Members(Diagnostics& diagnostics, const Json& json, std::string pointer);

  bool is_object() const { return json_.is_object(); }
  const Json* find(const std::string& name);  // null when absent
  const Json* required(const std::string& name);

  std::string string(const std::string& name, Presence presence, const std::string& otherwise = "");
  std::optional<std::string> optional_string(const std::string& name);
  bool boolean(const std::string& name, bool otherwise);
  std::optional<std::int64_t> integer(const std::string& name, Presence presence, std::int64_t min,
                                      std::int64_t max);
  std::vector<std::string> strings(const std::string& name, Presence presence);
  const Json* array(const std::string& name, Presence presence);
  const Json* object(const std::string& name, Presence presence);
  std::string hex(const std::string& name);  // the octets
  Payload text_payload(const std::string& name, Presence presence);
  Payload binary_payload(const std::string& name, Presence presence);

  void allow(const std::string& name);
  void done();

  std::string pointer_to(const std::string& name) const { return pointer_ + pointer_token(name); }
  const std::string& pointer() const { return pointer_; }
  void complain(const std::string& name, const std::string& message);

 private:
  const Json* typed(const std::string& name, Presence presence,
                    bool (Json::*is_type)() const noexcept, const char* type);

  Diagnostics& diagnostics_;
  const Json& json_;
  std::string pointer_;
  std::vector<std::string> allowed_;
};

// `json` cut to a length fit for a message.
std::string shown(const Json& json);

// A text: a string, or a tagged value that stands for one. Nothing, and a problem, when it is
// neither.
std::optional<Payload> read_text_payload(Diagnostics& diagnostics, const Json& json,
                                         const std::string& pointer);
// Octets: hex, or a tagged value that stands for a text or a buffer.
std::optional<Payload> read_binary_payload(Diagnostics& diagnostics, const Json& json,
                                           const std::string& pointer);

}  // namespace torpor::scenario
