// Byte for byte against V8 itself (Node's v8.Serializer), over a large random set and over the
// kinds one by one.
#include "core/value/v8_format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>

#include "core/value/json.h"
#include "core/value/random_value.h"
#include "core/value/text.h"

namespace torpor::value {
namespace {

// Asks V8 about every value at once: starting Node is what takes time.
Json ask_v8(const Json& tagged_values) {
  // A file of its own: several tests ask at the same time.
  std::string question = testing::TempDir() + "torpor_v8_XXXXXX";
  const int file = ::mkstemp(question.data());
  if (file == -1) return nullptr;
  const std::unique_ptr<FILE, int (*)(FILE*)> keep(::fdopen(file, "w"), std::fclose);
  std::ofstream(question) << tagged_values.dump();
  const std::string command = std::string(TORPOR_NODE) + " " + TORPOR_V8_ORACLE + " < " + question;
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::string answer;
  std::array<char, 65536> buffer;
  while (const std::size_t size = std::fread(buffer.data(), 1, buffer.size(), pipe.get()))
    answer.append(buffer.data(), size);
  std::remove(question.c_str());
  return Json::parse(answer, nullptr, false);
}

void expect_v8_agrees(const std::vector<Value>& values) {
  Json question = Json::array();
  for (const Value& value : values) question.push_back(to_json(value));
  const Json answers = ask_v8(question);
  ASSERT_TRUE(answers.is_array()) << "node did not answer; is it installed (tools/setup.sh)?";
  ASSERT_EQ(answers.size(), values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto written = serialize(values[i]);
    ASSERT_TRUE(std::holds_alternative<std::string>(written)) << question[i];
    ASSERT_EQ(to_hex(std::get<std::string>(written)), answers[i]["hex"]) << question[i];
    const auto read = deserialize(*from_hex(answers[i]["hex"].get<std::string>()));
    ASSERT_TRUE(std::holds_alternative<Value>(read)) << question[i];
    ASSERT_EQ(to_json(std::get<Value>(read)), answers[i]["tagged"]) << question[i];
  }
}

TEST(V8Format, AgreesWithV8OnEveryKind) {
  const Json kinds = Json::parse(R"([
    {"$":"undefined"}, null, true, false, 0, -1, 63, -64, 1073741823, 1073741824, 2147483647, -2147483648, 2147483648,
    {"$":"number","value":"-0"}, {"$":"number","value":"NaN"}, {"$":"number","value":"Infinity"}, 0.1, 1e300,
    {"$":"bigint","value":"0"}, {"$":"bigint","value":"-1"}, {"$":"bigint","value":"123456789012345678901234567890"},
    "", "a", "é", "€", "😀", "a€", {"$":"string","utf16":"d800"}, {"$":"repeat","text":"a","count":200},
    {"$":"repeat","text":"€","count":64}, {"k":"€"}, {"kk":"€"},
    {"$":"date","ms":0}, {"$":"date","ms":-1.5e12}, {"$":"date","ms":"NaN"}, {"$":"regexp","source":"a+€","flags":"dgimsuy"},
    {"$":"boxed","value":true}, {"$":"boxed","value":false}, {"$":"boxed","value":1}, {"$":"boxed","value":"s"},
    {"$":"boxed","value":{"$":"bigint","value":"5"}},
    [], [1,2,3], [1.5,2], [1,"a",2.5], ["a",null,{"$":"undefined"}], [{"$":"hole"},1], [1,{"$":"hole"},"x"],
    {"$":"array","items":[1,2],"properties":{"name":"x"}}, {"$":"array","items":[{"$":"hole"}],"properties":{"name":"x"}},
    {}, {"a":1,"b":{"c":[{}]}}, {"b":1,"2":2,"1":3,"a":4}, {"4294967294":1,"4294967295":2,"01":3,"-1":4},
    {"$":"map","entries":[[1,"a"],[{"x":1},{"$":"undefined"}]]}, {"$":"set","values":[1,"a",[2]]},
    {"$":"arraybuffer","hex":""}, {"$":"arraybuffer","hex":"00ff10"}, {"$":"arraybuffer","length":200,"byte":7},
    {"$":"arraybuffer","hex":"0102","maxLength":8},
    {"$":"typedarray","type":"Uint8Array","buffer":{"$":"arraybuffer","hex":"01020304"},"offset":1,"length":2},
    {"$":"typedarray","type":"Float64Array","buffer":{"$":"arraybuffer","length":16,"byte":0},"offset":8,"length":1},
    {"$":"dataview","buffer":{"$":"arraybuffer","hex":"01020304"},"offset":1,"length":3},
    [{"$":"arraybuffer","hex":"0102","id":1},{"$":"typedarray","type":"Int8Array","buffer":{"$":"ref","id":1},"offset":0,"length":2}],
    {"$":"error","name":"Error","message":"m"}, {"$":"error","name":"TypeError","message":""},
    {"$":"error","name":"RangeError","message":"é€","cause":{"a":1}}, {"$":"error","name":"URIError","message":"m"},
    {"$":"object","id":1,"entries":{"self":{"$":"ref","id":1}}},
    {"$":"array","id":1,"items":[{"$":"ref","id":1},{"$":"map","id":2,"entries":[[{"$":"ref","id":2},{"$":"ref","id":1}]]}]},
    {"a":{"$":"object","id":1,"entries":{}},"b":{"$":"ref","id":1}}
  ])");
  std::vector<Value> values;
  for (const Json& kind : kinds) {
    auto value = from_json(kind);
    ASSERT_TRUE(std::holds_alternative<Value>(value))
        << kind << ": " << std::get<std::string>(value);
    values.push_back(std::get<Value>(value));
  }
  expect_v8_agrees(values);
}

TEST(V8Format, AgreesWithV8OverALargeRandomSet) {
  RandomValues random(20'261'123);
  std::vector<Value> values;
  for (int i = 0; i < 5000; ++i) values.push_back(random.next());
  expect_v8_agrees(values);
}

// What we write we read, and write again as the same octets.
TEST(V8Format, RoundTrips) {
  RandomValues random(7);
  for (int i = 0; i < 2000; ++i) {
    const Value value = random.next();
    const std::string octets = std::get<std::string>(serialize(value));
    const Value read = std::get<Value>(deserialize(octets));
    ASSERT_TRUE(structurally_equal(read, value)) << to_json(value);
    ASSERT_EQ(std::get<std::string>(serialize(read)), octets);
  }
}

TEST(Json, RoundTrips) {
  RandomValues random(8);
  for (int i = 0; i < 2000; ++i) {
    const Value value = random.next();
    const auto read = from_json(Json::parse(to_json(value).dump()));
    ASSERT_TRUE(structurally_equal(std::get<Value>(read), value)) << to_json(value);
  }
}

RC_GTEST_PROP(V8Format, OctetsOfAnyKindAreAValueOrAnError, (const std::string& octets)) {
  deserialize(octets);
  deserialize(std::string("\xff\x0f", 2) + octets);
}

// Cut anywhere, or with one octet changed: never more than an error.
RC_GTEST_PROP(V8Format, DamagedOctetsAreAValueOrAnError,
              (std::uint64_t seed, std::uint16_t at, char octet)) {
  RandomValues random(seed);
  std::string octets = std::get<std::string>(serialize(random.next()));
  deserialize(std::string_view(octets).substr(0, at % octets.size()));
  octets[at % octets.size()] = octet;
  deserialize(octets);
}

TEST(V8Format, NestingHasAnEnd) {
  Value value = Value::array();
  for (int i = 0; i < 2 * kDepthMax; ++i) {
    Value outer = Value::array();
    outer.push(value);
    value = outer;
  }
  EXPECT_TRUE(std::holds_alternative<CloneError>(serialize(value)));
  EXPECT_TRUE(
      std::holds_alternative<CloneError>(deserialize("\xff\x0f" + std::string(100'000, ';'))));
}

std::string refusal(const Value& value) {
  return std::get<CloneError>(serialize(value)).message;
}

TEST(Att06, WhatCannotBeClonedIsNamed) {
  EXPECT_EQ(refusal(Value::function(u"function f() {}")), "function f() {} could not be cloned.");
  EXPECT_EQ(refusal(Value::symbol(u"s")), "Symbol(s) could not be cloned.");
  EXPECT_EQ(refusal(Value::host("WebSocket")),
            "Could not serialize object of type \"WebSocket\". This type does not support "
            "serialization.");
}

// ATT-02: header, tag, length and content. 16,384 octets is the limit of serializeAttachment.
TEST(Att02, SizesAreThoseOfTheWireFormat) {
  const auto size = [](const Value& value) {
    return std::get<std::string>(serialize(value)).size();
  };
  EXPECT_EQ(size(Value::string(std::u16string(16'379, u'a'))), 16'384u);
  EXPECT_EQ(size(Value::string(std::u16string(8'189, u'€'))), 16'384u);
  EXPECT_EQ(size(Value::array_buffer(std::string(16'379, 'x'))), 16'384u);
}

TEST(V8Format, APartTakenOutOfACycleKeepsTheWhole) {
  Value whole = Value::object();
  Value part = Value::object();
  part.set("whole", whole.back_reference());
  whole.set("part", part);
  const std::string octets = std::get<std::string>(serialize(whole));

  Value again = std::get<Value>(deserialize(octets));
  EXPECT_TRUE(again.get("part").get("whole").same_object(again));
  const Value taken = again.get("part").get("whole");
  again = Value::undefined();
  EXPECT_EQ(std::get<std::string>(serialize(taken)), octets);
}

}  // namespace
}  // namespace torpor::value
