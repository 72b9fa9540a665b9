// What a certification prints when it is done: cases by target, the failures, the contradictions,
// the verdicts.
#pragma once

#include <string>

#include "conformance/report/result.h"
#include "conformance/report/terminal.h"
#include "conformance/statements/registry.h"

namespace torpor::report {

// One row per case, one column per target and profile: outcome, and how the connections ended.
// Empty when no case got as far as a verdict.
std::string case_table(const Results& results, const Terminal& terminal);

// One line per column: the word, the counts by outcome, the digest.
std::string summary(const Results& results, const Terminal& terminal);

// All of it, in that order; failures of every result that is not good.
std::string full_text(const Results& results, const statements::Registry& registry,
                      const Terminal& terminal);

Colour colour_of(const CaseResult& result);
Colour colour_of(judge::ExitCode exit);

// "pass", "fail", "target failed", ...
std::string word_of(const CaseResult& result);

// "workerd 1.20261117.1 · parity"
std::string title_of(const Column& column);

// "41 pass, 2 fail, 1 not testable", in the order of the outcomes.
std::string counts_of(const Results& results, const Column& column);

}  // namespace torpor::report
