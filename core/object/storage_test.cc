#include "core/object/storage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <utility>
#include <variant>

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

Value json(const char* text) {
  return std::get<Value>(value::from_json(Json::parse(text)));
}

TEST_F(StorageTest, ListsWithinBounds) {
  for (const char* key : {"a", "b", "bb", "bc", "c"}) storage_.put(key, Value::null());
  const auto keys_of = [&](const ListOptions& options) {
    std::string all;
    for (const auto& [key, value] : storage_.list(options)) all += key + " ";
    return all;
  };
  EXPECT_EQ(keys_of({.start = "b", .end = "c"}), "b bb bc ");
  EXPECT_EQ(keys_of({.start_after = "b"}), "bb bc c ");
  EXPECT_EQ(keys_of({.prefix = "b", .reverse = true, .limit = 2}), "bc bb ");
  EXPECT_EQ(keys_of({.start = "bc", .prefix = "b"}), "bc ");
}

TEST(StorageOrder, APrefixOfTheHighestOctetsHasNoEnd) {
  Storage storage;
  storage.put(
      "\xff\xff"
      "x",
      Value::null());
  EXPECT_EQ(storage.list({.prefix = "\xff\xff"}).size(), 1u);
}

// STORE-04
TEST_F(StorageTest, SqlGivesOneObjectARow) {
  storage_.sql("CREATE TABLE t(a, b)", json("[]"), 0);
  storage_.sql("INSERT INTO t VALUES(?, ?), (3, x'00ff')", json(R"([1.5, "x"])"), 0);
  EXPECT_EQ(value::to_json(storage_.sql("SELECT * FROM t", json("[]"), 0)).dump(),
            R"([{"a":1.5,"b":"x"},{"a":3,"b":{"$":"arraybuffer","hex":"00ff"}}])");
}

// The clock of the machine must not be seen, nor its chance.
TEST(StorageDeterminism, TimeAndChanceOfSqlAreThoseItIsGiven) {
  const auto ask = [](const char* query, std::uint64_t seed) {
    Storage storage({.random_seed = seed});
    return value::to_json(storage.sql(query, json("[]"), 86'400'000)).dump();
  };
  EXPECT_EQ(ask("SELECT datetime('now') AS a, CURRENT_DATE AS b", 1),
            R"([{"a":"1970-01-02 00:00:00","b":"1970-01-02"}])");
  for (const char* query : {"SELECT random() AS r", "SELECT hex(randomblob(9)) AS r"}) {
    EXPECT_EQ(ask(query, 1), ask(query, 1));
    EXPECT_NE(ask(query, 1), ask(query, 2));
  }
}

TEST(StorageSql, AStatementThatDoesNotEndIsEndedFromOutside) {
  struct Enough {};
  int calls = 0;
  Storage storage({.sql_goes_on = [&] {
    if (++calls > 1000) throw Enough();
  }});
  const std::string endless =
      "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT ";
  for (const char* what : {"x FROM c", "count(*) FROM c"}) {
    calls = 0;
    EXPECT_THROW(storage.sql(endless + what, json("[]"), 0), Enough) << what;
  }
  calls = 0;
  EXPECT_EQ(value::to_json(storage.sql("SELECT 1 AS a", json("[]"), 0)).dump(), R"([{"a":1}])");
}

// STORE-07
TEST_F(StorageTest, ATransactionThatThrowsUndoesEverythingInIt) {
  storage_.put("k", Value::number(1));
  EXPECT_THROW(storage_.transaction_sync([&] {
    storage_.put("k", Value::number(2));
    storage_.set_alarm(Time(milliseconds(5)));
    throw error("no");
  }),
               JsError);
  EXPECT_EQ(value::to_json(*storage_.get("k")), Json(1));
  EXPECT_FALSE(storage_.alarm().has_value());
}

// STORE-22, STORE-23
TEST_F(StorageTest, ATransactionIsDurableAsOneAndHoldsNothingBackBefore) {
  storage_.put("k", Value::number(1));
  storage_.end_turn(Time{});
  storage_.set_faults({.write_latency = milliseconds(10)});
  storage_.begin_transaction();
  for (const int number : {2, 3}) {
    storage_.put("k", Value::number(number));
    storage_.end_turn(Time{});
  }
  EXPECT_TRUE(storage_.all_confirmed());
  EXPECT_TRUE(storage_.confirmed(storage_.ticket()));
  EXPECT_EQ(storage_.next_confirmation(), std::nullopt);
  storage_.commit_transaction();
  storage_.end_turn(Time{});
  EXPECT_FALSE(storage_.confirmed(storage_.ticket()));
  storage_.lose_unconfirmed();
  EXPECT_EQ(value::to_json(*storage_.get("k")), Json(1));
}

// STORE-23
TEST_F(StorageTest, ATransactionThatGoesOnIsLostWithWhatWasNotConfirmedBefore) {
  storage_.set_faults({.write_latency = milliseconds(10)});
  storage_.put("a", Value::number(1));
  storage_.end_turn(Time{});
  storage_.begin_transaction();
  storage_.put("b", Value::number(1));
  EXPECT_TRUE(storage_.confirm(Time(milliseconds(10))));
  EXPECT_EQ(keys(), "a b ");
  storage_.lose_unconfirmed();
  EXPECT_EQ(keys(), "a ");
  EXPECT_EQ(storage_.transactions(), 0u);
}

// STORE-20, STORE-21
TEST_F(StorageTest, AnInnerTransactionIsUndoneByItselfAndWithTheOuterOne) {
  storage_.begin_transaction();
  storage_.put("a", Value::number(1));
  storage_.set_alarm(Time(milliseconds(5)));
  storage_.begin_transaction();
  storage_.put("b", Value::number(1));
  storage_.delete_alarm();
  storage_.roll_back_transaction();
  EXPECT_EQ(keys(), "a ");
  EXPECT_EQ(storage_.alarm(), Time(milliseconds(5)));
  storage_.begin_transaction();
  storage_.put("c", Value::number(1));
  storage_.commit_transaction();
  EXPECT_EQ(keys(), "a c ");
  storage_.roll_back_transaction();
  EXPECT_EQ(keys(), "");
  EXPECT_FALSE(storage_.alarm().has_value());
}

// ABORT-06
TEST_F(StorageTest, AnUndoneTurnLeavesWhatTheOnesBeforeWrote) {
  storage_.put("k", Value::number(1));
  storage_.end_turn(Time{});
  storage_.put("k", Value::number(2));
  storage_.sql("CREATE TABLE t(a)", json("[]"), 0);
  storage_.set_alarm(Time(milliseconds(5)));
  storage_.undo_turn();
  EXPECT_EQ(value::to_json(*storage_.get("k")), Json(1));
  EXPECT_FALSE(storage_.alarm().has_value());
  EXPECT_THROW(storage_.sql("SELECT * FROM t", json("[]"), 0), JsError);
}

// SEND-07
TEST_F(StorageTest, ATicketIsConfirmedWhenTheWritesBeforeItAre) {
  storage_.set_faults({.write_latency = milliseconds(10)});
  const Storage::Ticket before = storage_.ticket();
  storage_.put("k", Value::number(1));
  storage_.end_turn(Time{});
  const Storage::Ticket after = storage_.ticket();
  EXPECT_TRUE(storage_.confirmed(before));
  EXPECT_FALSE(storage_.confirmed(after));
  EXPECT_EQ(storage_.next_confirmation(), Time(milliseconds(10)));
  EXPECT_TRUE(storage_.confirm(Time(milliseconds(10))));
  EXPECT_TRUE(storage_.confirmed(after));
}

// STORE-14, SEND-08
TEST_F(StorageTest, ACrashOrAFailedWriteLosesWhatWasNotConfirmed) {
  storage_.put("k", Value::number(1));
  storage_.end_turn(Time{});
  storage_.set_faults({.write_latency = milliseconds(10), .writes_fail = true});
  for (const int number : {2, 3}) {
    storage_.put("k", Value::number(number));
    storage_.end_turn(Time{});
  }
  EXPECT_EQ(value::to_json(*storage_.get("k")), Json(3));
  EXPECT_FALSE(storage_.confirm(Time(milliseconds(10))));
  EXPECT_EQ(value::to_json(*storage_.get("k")), Json(1));
  EXPECT_TRUE(storage_.all_confirmed());
}

class StorageFile : public testing::Test {
 protected:
  StorageFile() { std::filesystem::remove(options_.path); }
  ~StorageFile() override { std::filesystem::remove(options_.path); }
  // Of this test alone: its neighbours may run at the same time.
  StorageOptions options_{.path = testing::TempDir() + "torpor_storage_test_" +
                                  testing::UnitTest::GetInstance()->current_test_info()->name() +
                                  ".sqlite",
                          .epoch_us = 1'000'000};
};

TEST_F(StorageFile, KeepsKeysTablesAndTheAlarmForTheNextProcess) {
  {
    Storage storage(options_);
    storage.put("k", Value::number(1));
    storage.sql("CREATE TABLE t AS SELECT 7 AS a", json("[]"), 0);
    storage.set_alarm(Time(milliseconds(5'000)));
    storage.end_turn(Time{});
    storage.hibernate();
    storage.put("k", Value::number(2));  // in a turn that never ended
  }
  options_.epoch_us = 3'000'000;
  Storage storage(options_);
  EXPECT_EQ(storage.alarm(), Time(milliseconds(3'000)));
  EXPECT_EQ(value::to_json(*storage.get("k")), Json(1));
  EXPECT_EQ(value::to_json(storage.sql("SELECT a FROM t", json("[]"), 0)).dump(), R"([{"a":7}])");
}

TEST_F(StorageFile, OfSomethingElseIsToldToWhoeverUsesIt) {
  std::ofstream(options_.path) << std::string(4096, 'x');
  Storage storage(options_);
  try {
    storage.get("k");
    FAIL();
  } catch (const JsError& failure) {
    EXPECT_THAT(failure.message, testing::HasSubstr(options_.path));
  }
  EXPECT_THROW(Storage::alarm_in(options_.path), JsError);
}

}  // namespace
}  // namespace torpor::object
