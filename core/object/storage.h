// ctx.storage: key-value storage, SQL and the alarm of one object, on SQLite. What one turn writes
// is one transaction: undone when the turn is aborted, and durable some time after its end. The
// database is opened at the first use, so that an object which stores nothing costs nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/object/database.h"
#include "core/time.h"
#include "core/value/value.h"

namespace torpor::object {

struct StorageOptions {
  std::string path = {};  // of the database; empty: in memory
  // What the model time 0 is on the clock by which a file keeps its alarm, in microseconds.
  std::int64_t epoch_us = 0;
  // What SQL's random() draws from; absent: SQLite's own generator, different in every process.
  std::optional<std::uint64_t> random_seed = {};
  // Called again and again while a statement of user code runs: see Database::execute_for_user.
  std::function<void()> sql_goes_on = {};
};

struct WriteOptions {
  bool allow_unconfirmed = false;  // what is sent does not wait for this write
};

struct ListOptions {
  std::optional<std::string> start = {};        // inclusive
  std::optional<std::string> start_after = {};  // exclusive
  std::optional<std::string> end = {};          // exclusive
  std::string prefix = {};
  bool reverse = false;
  std::optional<std::int64_t> limit = {};
};

// Injected by a test: how long a turn's writes take to become durable, that they never do, and how
// late alarms are.
struct StorageFaults {
  Duration write_latency{};
  bool writes_fail = false;
  Duration alarms_late{};
};

class Storage {
 public:
  explicit Storage(StorageOptions options = {});
  Storage(const Storage&) = delete;
  Storage& operator=(const Storage&) = delete;

  // Values are kept in V8's wire format; a value that cannot be cloned throws JsError
  // DataCloneError.
  void put(const std::string& key, const value::Value& value, WriteOptions options = {});
  std::optional<value::Value> get(const std::string& key);
  bool remove(const std::string& key);
  std::vector<std::pair<std::string, value::Value>> list(const ListOptions& options = {});
  // Tables of sql() too. STORE-01: clears the alarm too when the flag says so.
  void remove_all(bool alarm_too);
  // ctx.storage.sql.exec(query, ...bindings).toArray(); `bindings` is an array, `date_ms` what
  // date('now') goes by, in milliseconds since the Unix epoch.
  value::Value sql(const std::string& query, const value::Value& bindings, std::int64_t date_ms);
  // Undoes what `body` wrote when it throws.
  void transaction_sync(const std::function<void()>& body);

  // storage.transaction(): from its beginning no turn ends before it does (STORE-23). One that
  // begins within another ends first. What it writes holds nothing back before it is committed
  // (STORE-22).
  void begin_transaction();
  void commit_transaction();
  void roll_back_transaction();
  std::size_t transactions() const { return transactions_.size(); }

  void set_alarm(Time at);
  void delete_alarm();
  // The alarm goes off: it is no longer set. Nothing waits for that to be durable.
  void take_alarm();
  // It is tried again: the runtime's own doing, for which nothing waits either.
  void move_alarm(std::optional<Time> at);
  std::optional<Time> alarm() const { return alarm_; }
  // When it goes off: not before the time it is set for, but maybe later.
  std::optional<Time> alarm_due() const {
    return alarm_ ? std::optional(*alarm_ + faults_.alarms_late) : std::nullopt;
  }

  // Durability. A ticket stands for the writes made so far; what is sent under it leaves when they
  // are confirmed (SEND-07).
  using Ticket = std::uint64_t;
  Ticket ticket() const { return last_gating_; }
  bool confirmed(Ticket ticket) const { return ticket < first_unconfirmed(); }
  Ticket first_unconfirmed() const { return turns_.empty() ? next_turn_ : turns_.front().number; }
  // All but those of a transaction that goes on.
  bool all_confirmed() const { return turns_.size() == (transactions_.empty() ? 0 : 1); }
  void set_faults(StorageFaults faults) { faults_ = faults; }

  // False when its writes have failed: what was not durable is gone (SEND-08).
  bool end_turn(Time now);
  void undo_turn();  // ABORT-06: what the present turn wrote is gone
  std::optional<Time> next_confirmation() const;
  // Confirms what is due. False when a write has failed instead (SEND-08).
  bool confirm(Time now);
  // A crash: what was not confirmed is gone.
  void lose_unconfirmed();
  // The object leaves memory: a file is not kept open.
  void hibernate();

  // The alarm that a file keeps, in microseconds on the clock of StorageOptions::epoch_us. Throws
  // JsError when the file is no database.
  static std::optional<std::int64_t> alarm_in(const std::string& path);

 private:
  // The writes of one turn, a savepoint of the database.
  struct Turn {
    Ticket number;
    std::optional<Time> alarm_before;
    bool has_savepoint = false;
    bool open = true;
    bool fails = false;
    Time confirm_at{};
  };

  struct Transaction {
    std::optional<Time> alarm_before;
  };

  Database& database();
  // Null when nothing was ever stored.
  Database* existing();
  // The same with the table of keys.
  Database* existing_table();
  Database& table();
  Turn& turn();
  Database& begin_write();  // the database, in the transaction of this turn
  void gate();
  void undo_from(std::size_t index);
  void forget_transactions();
  bool release_confirmed();
  void give_up();
  void write_alarm();

  StorageOptions options_;
  StorageFaults faults_;
  std::optional<Database> database_;
  std::optional<Time> alarm_;
  std::deque<Turn> turns_;                 // not confirmed, oldest first
  std::vector<Transaction> transactions_;  // of the last turn, outermost first
  bool gates_at_commit_ = false;
  std::uint64_t savepoints_from_ = 0;  // the first savepoint that is still open; 0: none
  Ticket next_turn_ = 1;
  Ticket last_gating_ = 0;
};

}  // namespace torpor::object
