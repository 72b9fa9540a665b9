#include "core/object/storage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "core/object/js_error.h"
#include "core/value/json.h"

namespace torpor::object {
namespace {

using value::Value;

class StorageTest : public testing::Test {
 protected:
  std::string keys() {
    std::string all;
    for (const auto& [key, value] : storage_.list()) all += key + " ";
    return all;
  }
  Storage storage_;
};

TEST_F(StorageTest, IsEmptyUntilSomethingIsPut) {
  EXPECT_FALSE(storage_.get("a").has_value());
  EXPECT_FALSE(storage_.remove("a"));
  EXPECT_EQ(keys(), "");
}

TEST_F(StorageTest, GivesBackWhatWasPutAndTheLastOfEachKey) {
  storage_.put("a", Value::utf8("one"));
  storage_.put("a", Value::utf8("two"));
  ASSERT_TRUE(storage_.get("a").has_value());
  EXPECT_EQ(value::to_json(*storage_.get("a")), Json("two"));
  EXPECT_TRUE(storage_.remove("a"));
  EXPECT_FALSE(storage_.get("a").has_value());
}

TEST_F(StorageTest, TellsUndefinedFromNothing) {
  storage_.put("a", Value::undefined());
  ASSERT_TRUE(storage_.get("a").has_value());
  EXPECT_EQ(value::to_json(*storage_.get("a")), Json({{"$", "undefined"}}));
}

TEST_F(StorageTest, ListsByTheOctetsOfTheKeys) {
  for (const char* key : {"b", "B", "", "é", "a/b", "a"}) storage_.put(key, Value::null());
  EXPECT_EQ(keys(), " B a a/b b é ");
}

TEST_F(StorageTest, KeysMayHoldAnything) {
  const std::string key("a\0'b", 4);
  storage_.put(key, Value::boolean(true));
  EXPECT_TRUE(storage_.get(key).has_value());
  EXPECT_FALSE(storage_.get("a").has_value());
}

// STORE-01
TEST_F(StorageTest, RemovingAllTakesTheAlarmOnlyWhenTold) {
  storage_.put("a", Value::null());
  storage_.set_alarm(Time(milliseconds(5)));
  storage_.remove_all(false);
  EXPECT_EQ(keys(), "");
  EXPECT_EQ(storage_.alarm(), Time(milliseconds(5)));
  storage_.remove_all(true);
  EXPECT_FALSE(storage_.alarm().has_value());
}

TEST_F(StorageTest, EachObjectHasItsOwn) {
  Storage other;
  storage_.put("a", Value::null());
  EXPECT_FALSE(other.get("a").has_value());
}

}  // namespace
}  // namespace torpor::object
