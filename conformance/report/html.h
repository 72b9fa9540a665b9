// One self-contained HTML page: the verdict of each target, the matrix of cases, what the
// documentation and the runtime disagree on, and each case that is not as expected, with its
// timeline. It loads nothing.
#pragma once

#include <string>

#include "conformance/report/result.h"
#include "conformance/statements/registry.h"

namespace torpor::report {

std::string html_page(const Results& results, const statements::Registry& registry);

}  // namespace torpor::report
