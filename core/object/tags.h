// Tags of hibernatable sockets. Source: TAG-01 to TAG-04.
#pragma once

#include <string>
#include <vector>

#include "core/compat/parameters.h"

namespace torpor::object {

// The distinct tags in first-occurrence order. Throws JsError when there are too many or one is too
// long; the count is checked before each element, so a repeat after the last allowed tag is refused
// too.
std::vector<std::string> checked_tags(const std::vector<std::string>& tags,
                                      const compat::Parameters& parameters);

// The length that a limit is held against: UTF-8 octets, or UTF-16 units where the profile counts
// characters.
std::int64_t limited_length(const std::string& text, const compat::Parameters& parameters);

}  // namespace torpor::object
