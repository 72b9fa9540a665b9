#include "conformance/scenario/case.h"

#include <algorithm>

namespace torpor::scenario {

bool Case::applies_to(compat::Profile profile) const {
  return std::find(profiles.begin(), profiles.end(), profile) != profiles.end();
}

}  // namespace torpor::scenario
