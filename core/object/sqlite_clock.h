// The time that SQLite sees: date('now') and CURRENT_TIMESTAMP are the model's, not the machine's.
#pragma once

#include <cstdint>

namespace torpor::object {

// While one lives, it is `unix_ms` for the connections opened with SqliteClock::vfs().
class SqliteClock {
 public:
  explicit SqliteClock(std::int64_t unix_ms);
  ~SqliteClock();
  SqliteClock(const SqliteClock&) = delete;
  SqliteClock& operator=(const SqliteClock&) = delete;

  // The name to open a connection with.
  static const char* vfs();

 private:
  std::int64_t before_;
};

}  // namespace torpor::object
