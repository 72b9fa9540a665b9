#include "core/value/display.h"

#include <gtest/gtest.h>

#include <cmath>

namespace torpor::value {
namespace {

// ECMA-262, Number::toString.
TEST(NumberToString, IsAsEcmaScriptHasIt) {
  EXPECT_EQ(number_to_string(0), "0");
  EXPECT_EQ(number_to_string(-0.0), "0");
  EXPECT_EQ(number_to_string(-1.5), "-1.5");
  EXPECT_EQ(number_to_string(0.1), "0.1");
  EXPECT_EQ(number_to_string(123456789), "123456789");
  EXPECT_EQ(number_to_string(1e20), "100000000000000000000");
  EXPECT_EQ(number_to_string(1e21), "1e+21");
  EXPECT_EQ(number_to_string(1.5e-7), "1.5e-7");
  EXPECT_EQ(number_to_string(0.000001), "0.000001");
  EXPECT_EQ(number_to_string(5e-324), "5e-324");
  EXPECT_EQ(number_to_string(1.7976931348623157e308), "1.7976931348623157e+308");
  EXPECT_EQ(number_to_string(NAN), "NaN");
  EXPECT_EQ(number_to_string(-INFINITY), "-Infinity");
}

TEST(StringToNumber, IsAsEcmaScriptHasIt) {
  EXPECT_EQ(string_to_number(" 1000 "), 1000);
  EXPECT_EQ(string_to_number(""), 0);
  EXPECT_EQ(string_to_number("0x10"), 16);
  EXPECT_EQ(string_to_number("-1e3"), -1000);
  EXPECT_EQ(string_to_number("-Infinity"), -INFINITY);
  for (const char* text : {"abc", "1a", "-", "inf", "nan", "--1", "+-1", "1 2"})
    EXPECT_TRUE(std::isnan(string_to_number(text))) << text;
}

// SEND-01: what send() makes of what is neither text nor octets.
TEST(DisplayString, IsStringOfTheValue) {
  EXPECT_EQ(to_display_string(Value::null()), "null");
  EXPECT_EQ(to_display_string(Value::undefined()), "undefined");
  EXPECT_EQ(to_display_string(Value::boolean(true)), "true");
  EXPECT_EQ(to_display_string(Value::object()), "[object Object]");
  Value array = Value::array();
  array.push(Value::number(1));
  array.push(Value::null());
  array.push(Value::utf8("é"));
  EXPECT_EQ(to_display_string(array), "1,,é");
  EXPECT_EQ(to_display_string(Value::bigint(true, std::string("\x00\x01", 2))), "-256");
  EXPECT_EQ(to_display_string(Value::host("Blob")), "[object Blob]");
  EXPECT_EQ(to_display_string(Value::error("TypeError", u"no")), "TypeError: no");
}

}  // namespace
}  // namespace torpor::value
