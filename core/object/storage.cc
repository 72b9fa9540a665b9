#include "core/object/storage.h"

#include <sqlite3.h>

#include <cstdio>
#include <cstdlib>
#include <variant>

#include "core/object/js_error.h"
#include "core/value/v8_format.h"

namespace torpor::object {
namespace {

// A failing in-memory database is a broken invariant, not something a peer can cause.
void require(bool holds, sqlite3* database) {
  if (holds) return;
  std::fprintf(stderr, "storage: %s\n", sqlite3_errmsg(database));
  std::abort();
}

class Statement {
 public:
  Statement(sqlite3* database, const char* sql) : database_(database) {
    require(sqlite3_prepare_v2(database, sql, -1, &statement_, nullptr) == SQLITE_OK, database);
  }
  ~Statement() { sqlite3_finalize(statement_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  Statement& bind(int index, const std::string& text) {
    require(sqlite3_bind_blob64(statement_, index, text.data(), text.size(), SQLITE_STATIC) ==
                SQLITE_OK,
            database_);
    return *this;
  }
  bool row() {
    const int result = sqlite3_step(statement_);
    require(result == SQLITE_ROW || result == SQLITE_DONE, database_);
    return result == SQLITE_ROW;
  }
  std::string blob(int column) const {
    const auto* data = static_cast<const char*>(sqlite3_column_blob(statement_, column));
    return data ? std::string(data,
                              static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)))
                : "";
  }

 private:
  sqlite3* database_;
  sqlite3_stmt* statement_ = nullptr;
};

value::Value decoded(const std::string& bytes) {
  auto result = value::deserialize(bytes);
  if (auto* failure = std::get_if<value::CloneError>(&result))
    throw JsError{failure->name, failure->message};
  return std::get<value::Value>(std::move(result));
}

}  // namespace

Storage::Storage() = default;
Storage::~Storage() = default;
Storage::Storage(Storage&&) noexcept = default;

void Storage::Close::operator()(sqlite3* database) const {
  sqlite3_close(database);
}

sqlite3* Storage::database() const {
  if (!database_) {
    sqlite3* opened = nullptr;
    const int result = sqlite3_open(":memory:", &opened);
    database_.reset(opened);
    require(result == SQLITE_OK, opened);
    Statement(opened,
              "CREATE TABLE entries(key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID")
        .row();
  }
  return database_.get();
}

void Storage::put(const std::string& key, const value::Value& value) {
  auto bytes = value::serialize(value);
  if (auto* failure = std::get_if<value::CloneError>(&bytes))
    throw JsError{failure->name, failure->message};
  Statement(database(), "INSERT OR REPLACE INTO entries VALUES(?, ?)")
      .bind(1, key)
      .bind(2, std::get<std::string>(bytes))
      .row();
}

std::optional<value::Value> Storage::get(const std::string& key) const {
  if (!database_) return std::nullopt;
  Statement select(database(), "SELECT value FROM entries WHERE key = ?");
  if (!select.bind(1, key).row()) return std::nullopt;
  return decoded(select.blob(0));
}

bool Storage::remove(const std::string& key) {
  if (!database_) return false;
  Statement(database(), "DELETE FROM entries WHERE key = ?").bind(1, key).row();
  return sqlite3_changes(database()) > 0;
}

std::vector<std::pair<std::string, value::Value>> Storage::list() const {
  std::vector<std::pair<std::string, value::Value>> entries;
  if (!database_) return entries;
  Statement select(database(), "SELECT key, value FROM entries ORDER BY key");
  while (select.row()) entries.emplace_back(select.blob(0), decoded(select.blob(1)));
  return entries;
}

void Storage::remove_all(bool alarm_too) {
  if (database_) Statement(database(), "DELETE FROM entries").row();
  if (alarm_too) alarm_.reset();
}

}  // namespace torpor::object
