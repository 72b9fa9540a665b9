#include "core/object/database.h"

#include <sqlite3.h>

#include "core/object/js_error.h"
#include "core/object/sqlite_clock.h"
#include "core/object/sqlite_random.h"

namespace torpor::object {
namespace {

void require(bool holds, sqlite3* database) {
  if (!holds) throw error(std::string("storage: ") + sqlite3_errmsg(database));
}

}  // namespace

void Database::Close::operator()(sqlite3* database) const {
  sqlite3_close(database);
}

Database::Database(const std::string& path, std::optional<std::uint64_t> random_seed,
                   Duration patience) {
  sqlite3* opened = nullptr;
  const int result = sqlite3_open_v2(path.empty() ? ":memory:" : path.c_str(), &opened,
                                     SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                                     patience > Duration(0) ? nullptr : SqliteClock::vfs());
  handle_.reset(opened);
  if (result == SQLITE_OK)
    sqlite3_busy_timeout(opened, static_cast<int>(to_milliseconds(patience)));
  if (result != SQLITE_OK ||
      sqlite3_exec(opened, "PRAGMA schema_version", nullptr, nullptr, nullptr) != SQLITE_OK) {
    throw error("storage: cannot open '" + path + "': " + sqlite3_errmsg(opened));
  }
  sqlite3_extended_result_codes(opened, 1);
  if (random_seed) seed_random_functions(opened, *random_seed);
}

void Database::execute(const std::string& sql) {
  require(sqlite3_exec(handle(), sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK, handle());
}

bool Database::has_table(const std::string& name) {
  return Statement(*this, "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?")
      .bind(1, name)
      .row();
}

Statement::Statement(Database& database, const std::string& sql) : database_(database.handle()) {
  require(sqlite3_prepare_v2(database_, sql.c_str(), -1, &statement_, nullptr) == SQLITE_OK,
          database_);
}

Statement::~Statement() {
  sqlite3_finalize(statement_);
}

Statement& Statement::bind(int index, const std::string& octets) {
  require(sqlite3_bind_text64(statement_, index, octets.data(), octets.size(), SQLITE_STATIC,
                              SQLITE_UTF8) == SQLITE_OK,
          database_);
  return *this;
}

Statement& Statement::bind(int index, std::int64_t number) {
  require(sqlite3_bind_int64(statement_, index, number) == SQLITE_OK, database_);
  return *this;
}

bool Statement::row() {
  const int result = sqlite3_step(statement_);
  require(result == SQLITE_ROW || result == SQLITE_DONE, database_);
  return result == SQLITE_ROW;
}

std::string Statement::octets(int column) const {
  const auto* data = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  return data ? std::string(data, size) : "";
}

std::int64_t Statement::number(int column) const {
  return sqlite3_column_int64(statement_, column);
}

}  // namespace torpor::object
