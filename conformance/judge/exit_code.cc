#include "conformance/judge/exit_code.h"

#include <algorithm>
#include <array>

namespace torpor::judge {

namespace {

constexpr std::array kFromBestToWorst = {ExitCode::kConformant,    ExitCode::kIncomplete,
                                         ExitCode::kNotConformant, ExitCode::kHarness,
                                         ExitCode::kTarget,        ExitCode::kUsage};

}  // namespace

ExitCode worst_of(ExitCode a, ExitCode b) {
  const auto rank = [](ExitCode code) {
    return std::find(kFromBestToWorst.begin(), kFromBestToWorst.end(), code);
  };
  return rank(a) < rank(b) ? b : a;
}

ExitCode exit_code_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::kPass:
    case Outcome::kPassByAlternative:
    case Outcome::kWarn:
    case Outcome::kNotApplicable:
      return ExitCode::kConformant;
    case Outcome::kFail:
      return ExitCode::kNotConformant;
    case Outcome::kNotTestable:
    case Outcome::kUnknown:
      return ExitCode::kHarness;
  }
  return ExitCode::kHarness;
}

}  // namespace torpor::judge
