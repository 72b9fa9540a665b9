#include "core/object/sqlite_clock.h"

#include <sqlite3.h>

#include <utility>

namespace torpor::object {
namespace {

constexpr std::int64_t kUnixEpochInJulianMs = 210'866'760'000'000;

std::int64_t present_ms = 0;

int present(sqlite3_vfs*, sqlite3_int64* julian_ms) {
  *julian_ms = kUnixEpochInJulianMs + present_ms;
  return SQLITE_OK;
}

sqlite3_vfs with_own_clock() {
  sqlite3_vfs vfs = *sqlite3_vfs_find(nullptr);
  vfs.zName = "torpor";
  vfs.xCurrentTimeInt64 = present;
  return vfs;
}

}  // namespace

SqliteClock::SqliteClock(std::int64_t unix_ms) : before_(std::exchange(present_ms, unix_ms)) {}

SqliteClock::~SqliteClock() {
  present_ms = before_;
}

const char* SqliteClock::vfs() {
  static sqlite3_vfs vfs = with_own_clock();
  static const int registered = sqlite3_vfs_register(&vfs, 0);
  return registered == SQLITE_OK ? vfs.zName : nullptr;
}

}  // namespace torpor::object
