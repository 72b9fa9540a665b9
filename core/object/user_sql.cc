// ctx.storage.sql.exec: what user code may do to its database, and how SQLite's types and errors
// look to it. Source: STORE-04 to STORE-06.
#include <sqlite3.h>

#include <exception>
#include <functional>
#include <optional>

#include "core/mutants.h"
#include "core/object/conversions.h"
#include "core/object/database.h"
#include "core/object/js_error.h"
#include "core/object/sqlite_clock.h"

namespace torpor::object {

using mutants::Mutant;
using mutants::planted;

namespace {

using value::Kind;
using value::Value;

constexpr const char* kOwnTransactions =
    "To execute a transaction, please use the state.storage.transaction() or "
    "state.storage.transactionSync() APIs instead of the SQL BEGIN TRANSACTION or SAVEPOINT "
    "statements. The JavaScript API is safer because it will automatically roll back on "
    "exceptions, and because it interacts correctly with Durable Objects' automatic atomic write "
    "coalescing.";

constexpr const char* kParametersNotLast =
    "When executing multiple SQL statements in a single call, only the last statement can have "
    "parameters.";

bool is_own_table(const char* name) {
  return name != nullptr && sqlite3_strnicmp(name, "_cf_", 4) == 0;
}

bool is_allowed_pragma(const char* name) {
  static constexpr const char* kNames[] = {
      "data_version", "foreign_key_list", "foreign_key_check", "function_list", "index_info",
      "index_list",   "index_xinfo",      "quick_check",       "table_info",    "table_list",
      "table_xinfo",  "optimize",         "defer_foreign_keys"};
  for (const char* allowed : kNames) {
    if (sqlite3_stricmp(name, allowed) == 0) return true;
  }
  return false;
}

// Functions of SQLite that the platform keeps from user code.
bool is_refused_function(const char* name) {
  static constexpr const char* kNames[] = {"ceiling",
                                           "json_error_position",
                                           "json_pretty",
                                           "log10",
                                           "soundex",
                                           "subtype",
                                           "sqlite_compileoption_get",
                                           "sqlite_compileoption_used",
                                           "sqlite_log",
                                           "sqlite_source_id",
                                           "sqlite_version",
                                           "unistr"};
  for (const char* refused : kNames) {
    if (sqlite3_stricmp(name, refused) == 0) return true;
  }
  return false;
}

// The authorizer of user code while it prepares a statement; told what to say of transactions.
int authorize(void* wants_transaction, int action, const char* first, const char* second,
              const char*, const char*) {
  switch (action) {
    case SQLITE_TRANSACTION:
      if (planted(Mutant::kSqlTransactions)) return SQLITE_OK;
      [[fallthrough]];
    case SQLITE_SAVEPOINT:
      *static_cast<bool*>(wants_transaction) = true;
      return SQLITE_DENY;
    case SQLITE_ATTACH:
    case SQLITE_DETACH:
      return SQLITE_DENY;
    case SQLITE_PRAGMA:
      return is_allowed_pragma(first) || planted(Mutant::kSqlPragmas) ? SQLITE_OK : SQLITE_DENY;
    case SQLITE_CREATE_INDEX:
    case SQLITE_CREATE_TRIGGER:
      return is_own_table(second) ? SQLITE_DENY : SQLITE_OK;
    case SQLITE_FUNCTION:
      return is_refused_function(second) ? SQLITE_DENY : SQLITE_OK;
    case SQLITE_CREATE_TEMP_INDEX:
    case SQLITE_CREATE_TEMP_TABLE:
    case SQLITE_CREATE_TEMP_TRIGGER:
    case SQLITE_CREATE_TEMP_VIEW:
      return SQLITE_DENY;
    default:
      return is_own_table(first) && !planted(Mutant::kSqlOwnTables) ? SQLITE_DENY : SQLITE_OK;
  }
}

const char* name_of(int code) {
  switch (code & 0xff) {
    case SQLITE_AUTH:
      return "SQLITE_AUTH";
    case SQLITE_CONSTRAINT:
      return "SQLITE_CONSTRAINT";
    case SQLITE_MISMATCH:
      return "SQLITE_MISMATCH";
    case SQLITE_TOOBIG:
      return "SQLITE_TOOBIG";
    case SQLITE_FULL:
      return "SQLITE_FULL";
    default:
      return "SQLITE_ERROR";
  }
}

const char* extended_name_of(int code) {
  switch (code) {
    case SQLITE_CONSTRAINT_CHECK:
      return "SQLITE_CONSTRAINT_CHECK";
    case SQLITE_CONSTRAINT_FOREIGNKEY:
      return "SQLITE_CONSTRAINT_FOREIGNKEY";
    case SQLITE_CONSTRAINT_NOTNULL:
      return "SQLITE_CONSTRAINT_NOTNULL";
    case SQLITE_CONSTRAINT_PRIMARYKEY:
      return "SQLITE_CONSTRAINT_PRIMARYKEY";
    case SQLITE_CONSTRAINT_UNIQUE:
      return "SQLITE_CONSTRAINT_UNIQUE";
    default:
      return nullptr;
  }
}

JsError last_error(sqlite3* database) {
  const int code = sqlite3_extended_errcode(database);
  std::string message = sqlite3_errmsg(database);
  if (const int offset = sqlite3_error_offset(database); offset >= 0)
    message += " at offset " + std::to_string(offset);
  message += std::string(": ") + name_of(code);
  if (const char* extended = extended_name_of(code))
    message += std::string(" (extended: ") + extended + ")";
  return error(message);
}

class UserStatement {
 public:
  // Takes the first statement off `rest`; empty() when there was none.
  UserStatement(sqlite3* database, std::string_view& rest) : database_(database) {
    bool wants_transaction = false;
    sqlite3_set_authorizer(database_, authorize, &wants_transaction);
    const char* tail = nullptr;
    const int result = sqlite3_prepare_v2(database_, rest.data(), static_cast<int>(rest.size()),
                                          &statement_, &tail);
    const JsError failure = result == SQLITE_OK ? JsError{}
                            : wants_transaction ? error(kOwnTransactions)
                                                : last_error(database_);
    sqlite3_set_authorizer(database_, nullptr, nullptr);
    if (result != SQLITE_OK) throw failure;
    rest.remove_prefix(static_cast<std::size_t>(tail - rest.data()));
  }
  ~UserStatement() { sqlite3_finalize(statement_); }
  UserStatement(const UserStatement&) = delete;
  UserStatement& operator=(const UserStatement&) = delete;

  bool empty() const { return statement_ == nullptr; }
  bool writes() const { return sqlite3_stmt_readonly(statement_) == 0; }
  std::size_t parameters() const {
    return static_cast<std::size_t>(sqlite3_bind_parameter_count(statement_));
  }

  void bind(int index, const Value& value) {
    if (value.is_undefined() || value.kind() == Kind::kNull) {
      sqlite3_bind_null(statement_, index);
    } else if (value.kind() == Kind::kNumber) {
      sqlite3_bind_double(statement_, index, value.as_number());
    } else if (value.kind() == Kind::kBigInt) {
      throw type_error("Cannot convert a BigInt value to a number");
    } else if (const auto octets = value.viewed_octets()) {
      sqlite3_bind_blob64(statement_, index, octets->data(), octets->size(), SQLITE_TRANSIENT);
    } else {
      const std::string text = to_string(value);
      sqlite3_bind_text64(statement_, index, text.data(), text.size(), SQLITE_TRANSIENT,
                          SQLITE_UTF8);
    }
  }

  // The next row as an object; nothing after the last.
  std::optional<Value> row() {
    const int result = sqlite3_step(statement_);
    if (result == SQLITE_DONE) return std::nullopt;
    if (result != SQLITE_ROW) throw last_error(database_);
    Value row = Value::object();
    for (int i = 0; i < sqlite3_column_count(statement_); ++i)
      row.set(sqlite3_column_name(statement_, i), column(i));
    return row;
  }

 private:
  Value column(int index) const {
    const auto octets = [&](const void* data) {
      const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, index));
      return data ? std::string(static_cast<const char*>(data), size) : std::string();
    };
    switch (sqlite3_column_type(statement_, index)) {
      case SQLITE_INTEGER:
        return Value::number(static_cast<double>(sqlite3_column_int64(statement_, index)));
      case SQLITE_FLOAT:
        return Value::number(sqlite3_column_double(statement_, index));
      case SQLITE_TEXT:
        return Value::utf8(octets(sqlite3_column_text(statement_, index)));
      case SQLITE_BLOB:
        if (planted(Mutant::kSqlBlobIsText))
          return Value::utf8(octets(sqlite3_column_text(statement_, index)));
        return Value::array_buffer(octets(sqlite3_column_blob(statement_, index)));
      default:
        return Value::null();
    }
  }

  sqlite3* database_;
  sqlite3_stmt* statement_ = nullptr;
};

// Calls `goes_on` while SQLite works. It may throw, which must not pass through SQLite.
class Progress {
 public:
  Progress(sqlite3* database, const std::function<void()>& goes_on)
      : database_(database), goes_on_(goes_on) {
    if (goes_on_) sqlite3_progress_handler(database_, kInstructions, called, this);
  }
  ~Progress() { sqlite3_progress_handler(database_, 0, nullptr, nullptr); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  std::optional<Value> row_of(UserStatement& statement) {
    if (goes_on_) goes_on_();
    try {
      return statement.row();
    } catch (const JsError&) {
      if (thrown_) std::rethrow_exception(thrown_);
      throw;
    }
  }

 private:
  static constexpr int kInstructions = 100;

  static int called(void* self) {
    auto& progress = *static_cast<Progress*>(self);
    try {
      progress.goes_on_();
    } catch (...) {
      progress.thrown_ = std::current_exception();
    }
    return progress.thrown_ ? 1 : 0;
  }

  sqlite3* database_;
  const std::function<void()>& goes_on_;
  std::exception_ptr thrown_;
};

bool is_blank(std::string_view sql) {
  return sql.find_first_not_of(" \t\r\n;") == std::string_view::npos;
}

}  // namespace

Value Database::execute_for_user(std::string_view query, const Value& bindings,
                                 std::int64_t date_ms, const std::function<void()>& goes_on,
                                 bool& wrote) {
  const SqliteClock clock(date_ms);
  Progress progress(handle(), goes_on);
  while (true) {
    UserStatement statement(handle(), query);
    if (statement.empty()) throw error("SQL code did not contain a statement.");
    const bool last = is_blank(query);
    const std::size_t given = last ? bindings.length() : 0;
    if (!last && statement.parameters() > 0) throw error(kParametersNotLast);
    if (statement.parameters() != given && !planted(Mutant::kSqlBindingsUncounted))
      throw error("Wrong number of parameter bindings for SQL query.");
    for (std::size_t i = 0; i < given; ++i) statement.bind(static_cast<int>(i) + 1, bindings.at(i));
    wrote = wrote || statement.writes();
    Value rows = Value::array();
    while (auto row = progress.row_of(statement)) {
      if (last) rows.push(*std::move(row));
    }
    if (last) return rows;
  }
}

}  // namespace torpor::object
