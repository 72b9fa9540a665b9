// Is a new trace the same as a recorded one? Lane by lane, without times, without what the client
// sent, without what no two runs share (keys, dates, the log's seq and at).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "conformance/judge/verdict.h"
#include "conformance/scenario/case.h"
#include "conformance/statements/registry.h"
#include "core/compat/profile.h"
#include "core/trace/trace.h"

namespace torpor::judge {

enum class Sameness {
  kSame,
  kSameByAlternative,  // it differs only where the case's expectations permit more than one course
                       // of events
  kDiverged,
};

struct Comparison {
  Sameness sameness = Sameness::kDiverged;
  std::vector<std::string> alternatives = {};  // names of those that the new trace took
  // The first, in the new trace: expected = recorded, got = new.
  std::optional<Divergence> divergence = {};
};

// Whether the digests, which leave out times only, say already that the traces are the same.
inline bool same_by_digest(const std::string& recorded, const trace::Trace& fresh) {
  return !recorded.empty() && recorded == fresh.digest;
}

Comparison compare(const trace::Trace& recorded, const trace::Trace& fresh,
                   const scenario::Case& scenario_case, compat::Profile profile,
                   const statements::Registry& registry);

}  // namespace torpor::judge
