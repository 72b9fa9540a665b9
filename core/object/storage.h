// ctx.storage: key-value storage and the alarm of one object, on SQLite. The database is opened at
// the first use, so that an object which stores nothing costs nothing.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/time.h"
#include "core/value/value.h"

struct sqlite3;

namespace torpor::object {

class Storage {
 public:
  Storage();
  ~Storage();
  Storage(Storage&&) noexcept;

  // Values are kept in V8's wire format; a value that cannot be cloned throws JsError
  // DataCloneError.
  void put(const std::string& key, const value::Value& value);
  std::optional<value::Value> get(const std::string& key) const;
  bool remove(const std::string& key);
  std::vector<std::pair<std::string, value::Value>> list() const;  // by key
  // STORE-01: clears the alarm too when the flag says so.
  void remove_all(bool alarm_too);

  void set_alarm(Time at) { alarm_ = at; }
  void delete_alarm() { alarm_.reset(); }
  std::optional<Time> alarm() const { return alarm_; }

 private:
  sqlite3* database() const;
  struct Close {
    void operator()(sqlite3* database) const;
  };
  mutable std::unique_ptr<sqlite3, Close> database_;
  std::optional<Time> alarm_;
};

}  // namespace torpor::object
