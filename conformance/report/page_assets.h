// page.css and page.js, built into the binary so that a page needs nothing but itself.
#pragma once

#include <string_view>

namespace torpor::report {

extern const std::string_view kPageStyle;
extern const std::string_view kPageScript;

}  // namespace torpor::report
