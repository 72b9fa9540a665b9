#include "conformance/scenario/log_schema.h"

#include <algorithm>
#include <vector>

#include "conformance/scenario/program_schema.h"

namespace torpor::scenario {

namespace {

const std::vector<std::string> kMembers = {
    "instance", "event",      "type",  "client",  "segment", "socket", "data",   "code", "reason",
    "wasClean", "readyState", "error", "message", "op",      "value",  "throws", "seq",  "at"};

const std::vector<std::string> kEvents = {"constructor", "fetch",        "open",  "message",
                                          "close",       "error",        "alarm", "timer",
                                          "listener",    "fetchRejected"};

void check_name(Diagnostics& diagnostics, const Json& pattern, const std::string& pointer,
                const char* member, const std::vector<std::string>& allowed) {
  const auto it = pattern.find(member);
  if (it == pattern.end()) return;
  const std::string name = it->is_string() ? it->get<std::string>() : shown(*it);
  if (std::find(allowed.begin(), allowed.end(), name) == allowed.end()) {
    diagnostics.add(pointer + "/" + member,
                    std::string("unknown ") + member + " " + not_one_of(name, allowed));
  }
}

}  // namespace

void check_log_pattern(Diagnostics& diagnostics, const Json& pattern, const std::string& pointer) {
  if (pattern.empty())
    diagnostics.add(pointer, "this would match every log entry; name at least one member");
  for (const auto& [name, value] : pattern.items()) {
    if (std::find(kMembers.begin(), kMembers.end(), name) == kMembers.end()) {
      diagnostics.add(pointer + pointer_token(name),
                      "no log entry has a member " + not_one_of(name, kMembers));
    }
  }
  check_name(diagnostics, pattern, pointer, "event", kEvents);
  check_name(diagnostics, pattern, pointer, "op", op_names());
}

}  // namespace torpor::scenario
