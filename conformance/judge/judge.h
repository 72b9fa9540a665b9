// The judge: was what the trace shows what the case expects, under this profile?
#pragma once

#include "conformance/judge/verdict.h"
#include "conformance/scenario/case.h"
#include "conformance/statements/registry.h"
#include "core/compat/profile.h"
#include "core/trace/trace.h"

namespace torpor::judge {

// Never green for nothing: a trace with a harness error, or with fewer steps than the case, or in
// which no expectation took anything, is unknown; a control call that the target does not have
// makes it not testable.
Verdict judge(const scenario::Case& scenario_case, const trace::Trace& trace,
              compat::Profile profile, const statements::Registry& registry);

}  // namespace torpor::judge
