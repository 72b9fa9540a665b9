#include "core/object/storage.h"

#include <algorithm>
#include <filesystem>
#include <variant>

#include "core/mutants.h"
#include "core/object/js_error.h"
#include "core/value/v8_format.h"

namespace torpor::object {

using mutants::Mutant;
using mutants::planted;

namespace {

constexpr const char* kAlarmKey = "1";

value::Value decoded(const std::string& octets) {
  auto result = value::deserialize(octets);
  if (auto* failure = std::get_if<value::CloneError>(&result))
    throw JsError{failure->name, failure->message};
  return std::get<value::Value>(std::move(result));
}

bool file_exists(const std::string& path) {
  std::error_code ignored;
  return !path.empty() && std::filesystem::exists(path, ignored);
}

std::string savepoint(std::uint64_t number) {
  return "turn" + std::to_string(number);
}

// The first key after all that begin with `prefix`; nothing when there is none.
std::optional<std::string> after_prefix(std::string prefix) {
  while (!prefix.empty() && static_cast<unsigned char>(prefix.back()) == 0xff) prefix.pop_back();
  if (prefix.empty()) return std::nullopt;
  prefix.back() = static_cast<char>(static_cast<unsigned char>(prefix.back()) + 1);
  return prefix;
}

}  // namespace

Storage::Storage(StorageOptions options) : options_(std::move(options)) {
  if (!file_exists(options_.path)) return;
  try {
    if (const auto kept = alarm_in(options_.path))
      alarm_ = Time(Duration(*kept - options_.epoch_us));
  } catch (const JsError&) {
    // Whoever uses it will hear of it.
  }
}

std::optional<std::int64_t> Storage::alarm_in(const std::string& path) {
  Database database(path);
  if (!database.has_table("_cf_METADATA")) return std::nullopt;
  const std::string key = kAlarmKey;
  Statement select(database, "SELECT value FROM _cf_METADATA WHERE key = ?");
  if (!select.bind(1, key).row()) return std::nullopt;
  return select.number(0);
}

Database* Storage::existing() {
  return database_ || file_exists(options_.path) ? &database() : nullptr;
}

Database* Storage::existing_table() {
  Database* found = existing();
  return found && found->has_table("_cf_KV") ? found : nullptr;
}

void Storage::hibernate() {
  if ((!options_.path.empty() || planted(Mutant::kStorageLostAsleep)) && turns_.empty())
    database_.reset();
}

Database& Storage::database() {
  if (!database_) database_.emplace(options_.path, options_.random_seed);
  return *database_;
}

Database& Storage::table() {
  if (!database().has_table("_cf_KV")) {
    database().execute(
        "CREATE TABLE _cf_KV(key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID");
  }
  return database();
}

void Storage::put(const std::string& key, const value::Value& value, WriteOptions options) {
  auto octets = value::serialize(value);
  if (auto* failure = std::get_if<value::CloneError>(&octets))
    throw JsError{failure->name, failure->message};
  begin_write();
  if ((!options.allow_unconfirmed || planted(Mutant::kEveryWriteGates)) &&
      !planted(Mutant::kPutDoesNotGate))
    gate();
  Statement(table(), planted(Mutant::kFirstValueStays)
                         ? "INSERT OR IGNORE INTO _cf_KV VALUES(?, ?)"
                         : "INSERT OR REPLACE INTO _cf_KV VALUES(?, ?)")
      .bind(1, key)
      .bind(2, std::get<std::string>(octets))
      .row();
}

std::optional<value::Value> Storage::get(const std::string& key) {
  if (!existing_table()) return std::nullopt;
  Statement select(database(), "SELECT value FROM _cf_KV WHERE key = ?");
  if (!select.bind(1, key).row()) return std::nullopt;
  return decoded(select.octets(0));
}

bool Storage::remove(const std::string& key) {
  if (!existing_table()) return false;
  if (!planted(Mutant::kDeleteDoesNotGate)) gate();
  return Statement(begin_write(), "DELETE FROM _cf_KV WHERE key = ? RETURNING 1")
             .bind(1, key)
             .row() ||
         planted(Mutant::kDeletedAlways);
}

std::vector<std::pair<std::string, value::Value>> Storage::list(const ListOptions& options) {
  std::vector<std::pair<std::string, value::Value>> entries;
  if (!existing_table()) return entries;
  const std::string start =
      std::max(options.start.value_or(options.start_after.value_or("")), options.prefix);
  std::optional<std::string> end =
      after_prefix(planted(Mutant::kPrefixIsStart) ? "" : options.prefix);
  if (options.end && (!end || *options.end < *end)) end = options.end;
  Statement select(
      database(),
      std::string("SELECT key, value FROM _cf_KV WHERE key >= ?1") +
          (options.start_after
               ? (planted(Mutant::kStartAfterIncluded) ? " AND key >= ?4" : " AND key > ?4")
               : "") +
          (end ? (planted(Mutant::kEndIncluded) ? " AND key <= ?2" : " AND key < ?2") : "") +
          " ORDER BY key" + (options.reverse && !planted(Mutant::kReverseIgnored) ? " DESC" : "") +
          " LIMIT ?3");
  select.bind(1, start).bind(3, options.limit && planted(Mutant::kListLimitOffByOne)
                                    ? *options.limit + 1
                                    : options.limit.value_or(-1));
  if (end) select.bind(2, *end);
  if (options.start_after) select.bind(4, *options.start_after);
  while (select.row()) entries.emplace_back(select.octets(0), decoded(select.octets(1)));
  return entries;
}

void Storage::remove_all(bool alarm_too) {
  gate();
  if (existing()) {
    begin_write();
    std::vector<std::pair<std::string, std::string>> found;
    {
      Statement select(database(),
                       "SELECT type, name FROM sqlite_master WHERE type IN ('table', 'view') AND "
                       "name NOT LIKE 'sqlite_%' AND name <> '_cf_METADATA'");
      while (select.row()) found.emplace_back(select.octets(0), select.octets(1));
    }
    for (auto& [type, name] : found) {
      if (planted(Mutant::kDeleteAllKeepsTables) && name != "_cf_KV") continue;
      for (auto at = name.find('"'); at != std::string::npos; at = name.find('"', at + 2))
        name.insert(at, 1, '"');
      database().execute("DROP " + type + " \"" + name + "\"");
    }
  }
  if ((alarm_too || planted(Mutant::kDeleteAllTakesAlarm)) &&
      !planted(Mutant::kDeleteAllKeepsAlarm))
    delete_alarm();
}

value::Value Storage::sql(const std::string& query, const value::Value& bindings,
                          std::int64_t date_ms) {
  begin_write();
  bool wrote = false;
  const value::Value rows =
      database().execute_for_user(query, bindings, date_ms, options_.sql_goes_on, wrote);
  if (wrote && !planted(Mutant::kSqlDoesNotGate)) gate();
  return rows;
}

void Storage::transaction_sync(const std::function<void()>& body) {
  begin_write();
  const std::optional<Time> alarm_before = alarm_;
  database().execute("SAVEPOINT transaction_sync");
  try {
    body();
  } catch (...) {
    if (!planted(Mutant::kTransactionKept)) database().execute("ROLLBACK TO transaction_sync");
    database().execute("RELEASE transaction_sync");
    alarm_ = alarm_before;
    throw;
  }
  database().execute("RELEASE transaction_sync");
}

void Storage::begin_transaction() {
  begin_write().execute("SAVEPOINT transaction_async");
  transactions_.push_back({alarm_});
}

void Storage::commit_transaction() {
  database().execute("RELEASE transaction_async");
  transactions_.pop_back();
  if (transactions_.empty() && std::exchange(gates_at_commit_, false)) gate();
}

void Storage::roll_back_transaction() {
  database().execute("ROLLBACK TO transaction_async");
  database().execute("RELEASE transaction_async");
  alarm_ = transactions_.back().alarm_before;
  transactions_.pop_back();
  if (transactions_.empty()) gates_at_commit_ = false;
}

// A file keeps the alarm as well, for the next process.
void Storage::write_alarm() {
  if (options_.path.empty()) return;
  begin_write().execute(
      "CREATE TABLE IF NOT EXISTS _cf_METADATA(key TEXT PRIMARY KEY, value INTEGER) WITHOUT ROWID");
  const std::string key = kAlarmKey;
  Statement(database(), "DELETE FROM _cf_METADATA WHERE key = ?").bind(1, key).row();
  if (!alarm_) return;
  Statement(database(), "INSERT INTO _cf_METADATA VALUES(?, ?)")
      .bind(1, key)
      .bind(2, to_microseconds(*alarm_) + options_.epoch_us)
      .row();
}

void Storage::set_alarm(Time at) {
  if (planted(Mutant::kSecondAlarmIgnored) && alarm_) return;
  if (!planted(Mutant::kAlarmDoesNotGate)) gate();
  alarm_ = at;
  write_alarm();
}

void Storage::delete_alarm() {
  gate();
  if (!planted(Mutant::kDeletedAlarmComes)) alarm_.reset();
  write_alarm();
}

void Storage::take_alarm() {
  move_alarm(std::nullopt);
}

void Storage::move_alarm(std::optional<Time> at) {
  alarm_ = at;
  try {
    write_alarm();
  } catch (const JsError&) {
    give_up();
  }
}

Storage::Turn& Storage::turn() {
  if (turns_.empty() || !turns_.back().open)
    turns_.push_back({.number = next_turn_++, .alarm_before = alarm_});
  return turns_.back();
}

void Storage::gate() {
  if (!transactions_.empty()) {
    gates_at_commit_ = true;
    return;
  }
  last_gating_ = turn().number;
}

Database& Storage::begin_write() {
  Turn& present = turn();
  if (!present.has_savepoint) {
    database().execute("SAVEPOINT " + savepoint(present.number));
    present.has_savepoint = true;
    if (savepoints_from_ == 0) savepoints_from_ = present.number;
  }
  return database();
}

void Storage::forget_transactions() {
  transactions_.clear();
  gates_at_commit_ = false;
}

bool Storage::end_turn(Time now) {
  if (turns_.empty() || !turns_.back().open || !transactions_.empty()) return true;
  Turn& turn = turns_.back();
  turn.open = false;
  turn.fails = faults_.writes_fail && !planted(Mutant::kFailedWriteKept);
  turn.confirm_at = now + faults_.write_latency;
  if (turns_.size() > 1)
    turn.confirm_at = std::max(turn.confirm_at, turns_[turns_.size() - 2].confirm_at);
  return turn.fails || faults_.write_latency != Duration{} || confirm(now);
}

void Storage::undo_from(std::size_t index) {
  if (index >= turns_.size()) return;
  forget_transactions();
  if (!planted(Mutant::kUndoneAlarmStays)) alarm_ = turns_[index].alarm_before;
  const auto first = std::find_if(turns_.begin() + static_cast<std::ptrdiff_t>(index), turns_.end(),
                                  [](const Turn& undone) { return undone.has_savepoint; });
  if (first != turns_.end()) {
    try {
      database().execute("ROLLBACK TO " + savepoint(first->number));
      database().execute("RELEASE " + savepoint(first->number));
    } catch (const JsError&) {
      return give_up();
    }
    if (savepoints_from_ == first->number) savepoints_from_ = 0;
  }
  turns_.resize(index);
  if (turns_.empty()) release_confirmed();
}

void Storage::undo_turn() {
  if (!turns_.empty() && turns_.back().open) undo_from(turns_.size() - 1);
}

void Storage::lose_unconfirmed() {
  undo_from(0);
}

std::optional<Time> Storage::next_confirmation() const {
  return turns_.empty() || turns_.front().open ? std::nullopt
                                               : std::optional(turns_.front().confirm_at);
}

bool Storage::confirm(Time now) {
  while (!turns_.empty() && !turns_.front().open && turns_.front().confirm_at <= now) {
    if (turns_.front().fails) {
      lose_unconfirmed();
      return false;
    }
    turns_.pop_front();
  }
  return !turns_.empty() || release_confirmed();
}

// The file cannot be written any more: what was not durable is gone.
void Storage::give_up() {
  forget_transactions();
  turns_.clear();
  savepoints_from_ = 0;
  database_.reset();
}

// Savepoints lie within one another: the outermost goes, and all in it, once nothing can be undone.
bool Storage::release_confirmed() {
  if (savepoints_from_ == 0) return true;
  try {
    database().execute("RELEASE " + savepoint(savepoints_from_));
  } catch (const JsError&) {
    give_up();
    return false;
  }
  savepoints_from_ = 0;
  return true;
}

}  // namespace torpor::object
