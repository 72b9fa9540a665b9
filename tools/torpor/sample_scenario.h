// A statement and two scenarios for the command's tests, so that they do not depend on the
// catalogue.
#pragma once

#include <string>
#include <vector>

#include "tools/torpor/process.h"

namespace torpor::tool {

inline constexpr const char* kSampleStatements = R"([
  {"id": "CLE-01", "text": "The handler's Close reaches the client.", "level": "must",
   "sources": [{"source": "docs", "section": "Close", "says": "It does."},
               {"source": "workerd@1.20261117.1", "says": "Not always."}]},
  {"id": "ATT-02", "text": "An attachment may take 16,384 octets.", "level": "must",
   "sources": [{"source": "workerd@1.20261117.1"}]}
])";

inline constexpr const char* kCloseScenario = R"({
  "id": "close/echo",
  "title": "The handler's Close reaches the client",
  "statements": ["CLE-01"],
  "program": {"fetch": [{"op": "upgrade", "api": "hibernation"}],
              "close": [{"op": "close", "args": [4001, "bye"]}]},
  "steps": [{"do": "connect", "client": "a"},
            {"do": "close", "client": "a", "code": 4001, "reason": "bye"},
            {"do": "await", "client": "a", "end": true}],
  "expect": {"a": [{"open": {}}, {"close": {"code": 4001, "reason": "bye"}, "statement": "CLE-01"}, {"end": "fin"}]}
})";

// By the documentation the limit is 2,048 octets, so this is a contradiction on a target that takes
// more.
inline constexpr const char* kAttachmentScenario = R"({
  "id": "attachment/limit",
  "title": "The largest attachment is taken",
  "statements": ["ATT-02"],
  "program": {"fetch": [{"op": "upgrade", "api": "hibernation"}],
              "message": [{"op": "serializeAttachment", "value": {"$": "repeat", "text": "a", "count": 16379}},
                          {"op": "send", "data": "done"}]},
  "steps": [{"do": "connect", "client": "a"},
            {"do": "send", "client": "a", "text": "go"},
            {"do": "await", "client": "a", "frames": 1}],
  "expect": {"a": [{"open": {}}, {"text": "done"}],
             "object:a": [{"event": "message"},
                          {"when": {"profile": "documented"},
                           "then": [{"op": "serializeAttachment", "throws": {}, "statement": "ATT-02"}]}]}
})";

// The samples as files, and the options that make the command use them.
class SampleCatalogue {
 public:
  SampleCatalogue() {
    scratch_.write("statements/all.json", kSampleStatements);
    scratch_.write("catalogue/close.json", kCloseScenario);
    scratch_.write("catalogue/attachment.json", kAttachmentScenario);
  }

  std::vector<std::string> with(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--catalogue", scratch_.path("catalogue"), "--statements",
                                       scratch_.path("statements")});
    return arguments;
  }
  const Scratch& scratch() const { return scratch_; }

 private:
  Scratch scratch_;
};

}  // namespace torpor::tool
