// Why a result is what it is, for a terminal.
#pragma once

#include <string>

#include "conformance/report/result.h"
#include "conformance/report/terminal.h"
#include "conformance/statements/registry.h"

namespace torpor::report {

// One result in full: statements broken with their text, expected and got side by side, the
// reproduce line.
std::string failure_text(const CaseResult& result, const statements::Registry& registry,
                         const Terminal& terminal);

// The statements one divergence breaks, what was expected and what was got.
std::string divergence_text(const judge::Divergence& divergence,
                            const statements::Registry& registry, const Terminal& terminal);

// Each disagreement of the documentation with what was seen, by statement.
std::string contradiction_text(const Results& results, const statements::Registry& registry,
                               const Terminal& terminal);

}  // namespace torpor::report
