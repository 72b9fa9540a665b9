// Where the documentation and the runtime disagree: observations that are right by `parity` and
// wrong by `documented`.
#pragma once

#include <string>
#include <vector>

#include "conformance/judge/verdict.h"
#include "conformance/report/result.h"
#include "conformance/statements/registry.h"

namespace torpor::report {

// Of one trace, judged under both profiles. Empty unless parity is content with it and documented
// is not.
std::vector<judge::Divergence> contradictions_between(const judge::Verdict& parity,
                                                      const judge::Verdict& documented);

// One row of the report's table: a statement, and every case that shows the disagreement.
struct Contradiction {
  struct Showing {
    std::string case_id;
    std::string target;
    std::string lane;
    Json documented;  // what the documentation has one expect
    Json seen;
    std::string explanation;
  };
  std::string statement;  // empty: the case names none for what diverged
  std::vector<Showing> showings;
};

// By statement id. Of the statements that a divergence names only those count whose sources
// disagree, if any do. The same case on the same target counts once, under however many profiles it
// was judged.
std::vector<Contradiction> contradictions_of(const Results& results,
                                             const statements::Registry& registry);

}  // namespace torpor::report
