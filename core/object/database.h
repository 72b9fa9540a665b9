// SQLite as an object's storage uses it: one connection, statements, and what user code may do.
// Errors that a statement of user code causes are JsError with the platform's text; any other
// failure of SQLite (a full disk, a file that is no database) is a JsError "storage: ...".
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/time.h"
#include "core/value/value.h"

struct sqlite3;
struct sqlite3_stmt;

namespace torpor::object {

class Database {
 public:
  // `path` empty: in memory. `random_seed`: what random() and randomblob() draw from; absent:
  // SQLite's own generator. `patience`, when not 0: the file is no object's, and shared with other
  // processes; SQLite's clock is the machine's, and for so long it waits while another has the
  // file locked. Throws JsError when a file cannot be opened as a database.
  explicit Database(const std::string& path, std::optional<std::uint64_t> random_seed = {},
                    Duration patience = Duration(0));

  void execute(const std::string& sql);
  bool has_table(const std::string& name);

  // ctx.storage.sql.exec(query, ...bindings).toArray(): the rows of the last statement, each an
  // object. Throws JsError. `date_ms`: the present for date('now') and its like, in milliseconds
  // since the Unix epoch. `goes_on`, which may be empty, is called for every row and every 100
  // instructions of SQLite's machine; what it throws ends the statement and leaves this call.
  // `wrote` becomes true when a statement is not a mere query.
  value::Value execute_for_user(std::string_view query, const value::Value& bindings,
                                std::int64_t date_ms, const std::function<void()>& goes_on,
                                bool& wrote);

  sqlite3* handle() const { return handle_.get(); }

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  std::unique_ptr<sqlite3, Close> handle_;
};

// A statement of the platform's own.
class Statement {
 public:
  Statement(Database& database, const std::string& sql);
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  // `octets` outlive the statement.
  Statement& bind(int index, const std::string& octets);
  Statement& bind(int index, std::int64_t number);
  bool row();
  std::string octets(int column) const;
  std::int64_t number(int column) const;

 private:
  sqlite3* database_;
  sqlite3_stmt* statement_ = nullptr;
};

}  // namespace torpor::object
