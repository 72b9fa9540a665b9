#include "core/object/conversions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "core/object/js_error.h"

namespace torpor::object {
namespace {

using testing::ElementsAre;
using value::Value;

template <typename Call>
std::string thrown_by(Call call) {
  try {
    call();
  } catch (const JsError& error) {
    return error.name + ": " + error.message;
  }
  return "nothing";
}

Value list_of(std::vector<Value> items) {
  Value list = Value::array();
  for (Value& item : items) list.push(std::move(item));
  return list;
}

// SEND-01
TEST(ToMessage, BuffersAreBinaryAndEverythingElseIsText) {
  const OutgoingMessage buffer = to_message(Value::array_buffer(std::string("\x00\xff", 2)));
  EXPECT_EQ(buffer.type, MessageType::kBinary);
  EXPECT_EQ(buffer.data, std::string("\x00\xff", 2));
  const auto text = [](const Value& value) {
    const OutgoingMessage message = to_message(value);
    EXPECT_EQ(message.type, MessageType::kText);
    return message.data;
  };
  EXPECT_EQ(text(Value::utf8("é")), "é");
  EXPECT_EQ(text(Value::null()), "null");
  EXPECT_EQ(text(Value::undefined()), "undefined");
  EXPECT_EQ(text(Value::number(1.5)), "1.5");
  EXPECT_EQ(text(Value::object()), "[object Object]");
  EXPECT_EQ(text(list_of({Value::number(1), Value::null(), Value::number(2)})), "1,,2");
  EXPECT_EQ(thrown_by([] { to_message(Value::symbol(u"s")); }),
            "TypeError: Cannot convert a Symbol value to a string");
}

TEST(ToMessage, AViewSendsItsWindowOnly) {
  const Value view =
      Value::typed_array(value::ViewType::kUint8, Value::array_buffer("0123456789"), 2, 3);
  EXPECT_EQ(to_message(view).data, "234");
}

// SEND-09
TEST(ToMessage, ALoneSurrogateStaysWhatItIs) {
  EXPECT_EQ(to_message(Value::string(u"\xd800")).data, "\xed\xa0\x80");
}

// CLOSE-06
TEST(ToCloseCode, IsAnInt32) {
  EXPECT_EQ(to_close_code(Value::undefined()), std::nullopt);
  EXPECT_EQ(to_close_code(Value::number(1000.9)), 1000);
  EXPECT_EQ(to_close_code(Value::utf8("1000")), 1000);
  EXPECT_EQ(to_close_code(Value::utf8("abc")), 0);
  EXPECT_EQ(to_close_code(Value::null()), 0);
  EXPECT_EQ(to_close_code(Value::object()), 0);
  EXPECT_EQ(to_close_code(Value::number(std::numeric_limits<double>::infinity())), 0);
  EXPECT_EQ(to_close_code(Value::number(4294968296.0)), 1000);
  EXPECT_EQ(to_close_code(Value::number(-1)), -1);
}

TEST(ToCloseReason, HasNoLoneSurrogates) {
  EXPECT_EQ(to_close_reason(Value::undefined()), std::nullopt);
  EXPECT_EQ(to_close_reason(Value::null()), "null");
  EXPECT_EQ(to_close_reason(Value::string(u"\xd800")), "\xef\xbf\xbd");
}

// TAG-03
TEST(ToTags, AreTheElementsOfAnArrayAsStrings) {
  EXPECT_THAT(to_tags(Value::undefined()), ElementsAre());
  EXPECT_THAT(to_tags(list_of({Value::number(1), Value::null(), Value::boolean(true)})),
              ElementsAre("1", "null", "true"));
  for (const Value& wrong : {Value::utf8("tag"), Value::null(), Value::object(), Value::set()}) {
    EXPECT_EQ(thrown_by([&] { to_tags(wrong); }),
              "TypeError: Failed to execute 'acceptWebSocket' on 'DurableObjectState': parameter 2 "
              "is not of type 'Array'.");
  }
}

// ACC-03
TEST(ToAcceptOptions, TakesAnythingTruthy) {
  Value options = Value::object();
  EXPECT_EQ(to_accept_options(options).allowHalfOpen, std::nullopt);
  options.set("allowHalfOpen", Value::utf8("yes"));
  EXPECT_EQ(to_accept_options(options).allowHalfOpen, true);
  options.set("allowHalfOpen", Value::number(0));
  EXPECT_EQ(to_accept_options(options).allowHalfOpen, false);
  EXPECT_EQ(to_accept_options(Value::null()).allowHalfOpen, std::nullopt);
}

// TO-01
TEST(ToEventTimeout, IsAWholeNumberFromZero) {
  EXPECT_EQ(to_event_timeout(Value::undefined()), std::nullopt);
  EXPECT_EQ(to_event_timeout(Value::number(1.5)), 1);
  EXPECT_EQ(to_event_timeout(Value::utf8("2000")), 2000);
  EXPECT_EQ(thrown_by([] { to_event_timeout(Value::number(-1)); }),
            "TypeError: The value cannot be converted because it is negative and this API expects "
            "a positive number.");
  EXPECT_EQ(thrown_by([] { to_event_timeout(Value::utf8("x")); }),
            "TypeError: The value cannot be converted because it is not an integer.");
  EXPECT_EQ(thrown_by([] { to_event_timeout(Value::number(4294967296.0)); }),
            "TypeError: Value out of range. Must be less than or equal to 4294967295.");
}

}  // namespace
}  // namespace torpor::object
