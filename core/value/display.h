// String(value) and Number(text) as ECMAScript has them.
#pragma once

#include <string>
#include <string_view>

#include "core/value/value.h"

namespace torpor::value {

std::string number_to_string(double number);     // Number::toString(10)
double string_to_number(std::string_view text);  // NaN for what is not a number
std::string bigint_to_string(const Value& bigint);

// UTF-8; lone surrogates encoded by themselves. Dates are those of UTC.
// REQUIRES: not a symbol.
std::string to_display_string(const Value& value);

bool is_truthy(const Value& value);

}  // namespace torpor::value
