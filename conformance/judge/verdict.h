// What a run of a case came to.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/statements/registry.h"
#include "core/json.h"

namespace torpor::judge {

enum class Outcome {
  kPass,
  kPassByAlternative,  // a permitted alternative that is not the first; Verdict::alternatives names
                       // it
  kWarn,               // only statements of level should or may were broken
  kFail,
  kNotApplicable,  // the case is not for this profile, or for the date the target serves
  kNotTestable,    // the target lacks a control the case needs
  kUnknown,        // the harness failed, or nothing was judged
};

// The second axis: how the WebSocket connections of the run ended (end_axis.h). From best to worst.
enum class End { kNone, kClean, kOpen, kUnanswered, kWrongCode, kWrongSide, kReset };

std::string_view name_of(Outcome outcome);  // "pass", "pass by alternative", "warn", ...
std::string_view name_of(End end);          // "none", "clean", "open", ...
std::optional<Outcome> outcome_named(std::string_view name);
std::optional<End> end_named(std::string_view name);

struct Divergence {
  std::string lane;
  std::size_t index = 0;  // in the lane: how many of its events were as expected before this one
  std::vector<std::string> statements;  // what is broken
  statements::Level level = statements::Level::kMust;
  Json expected;                     // the item as written; null where nothing more was expected
  Json got;                          // the event or log entry; null when nothing came
  std::string explanation;           // one sentence for a person
  std::optional<std::size_t> event;  // index into the trace's events; trace::line_of gives the line
};

struct Verdict {
  Outcome outcome = Outcome::kUnknown;
  End end = End::kNone;
  std::vector<std::string> alternatives;  // names, of those taken that are not the first
  std::vector<Divergence> divergences;    // at most one failure per lane, and every warning
  std::string reason;                     // why not applicable, not testable or unknown; else empty
};

// Verdicts that need no trace.
Verdict not_applicable(std::string reason);
Verdict not_testable(std::string reason);
Verdict unknown(std::string reason);

Json to_json(const Divergence& divergence);
Json to_json(const Verdict& verdict);

}  // namespace torpor::judge
