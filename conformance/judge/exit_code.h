// The exit codes of the command, and which of two is the worse.
#pragma once

#include "conformance/judge/verdict.h"

namespace torpor::judge {

enum class ExitCode : int {
  kConformant = 0,
  kNotConformant = 1,
  kUsage = 2,       // usage, bad input, or nothing selected
  kTarget = 3,      // target unreachable or died
  kHarness = 4,     // harness error, or a verdict that is not known
  kIncomplete = 5,  // the budget was used up before everything was run
};

// The root cause wins: bad input over a dead target, a dead target over the unknown verdicts it
// leaves behind, those over a failure, a failure over an exhausted budget.
ExitCode worst_of(ExitCode a, ExitCode b);

// fail: 1. unknown and not testable: 4 (never green). Everything else: 0.
ExitCode exit_code_of(Outcome outcome);

}  // namespace torpor::judge
