#include "core/object/sqlite_random.h"

#include <sqlite3.h>

#include <algorithm>
#include <string>

namespace torpor::object {
namespace {

constexpr std::int64_t kBlobMax = 1'000'000'000;  // SQLite's own limit on a value

// SplitMix64.
std::uint64_t next(sqlite3_context* context) {
  auto& state = *static_cast<std::uint64_t*>(sqlite3_user_data(context));
  std::uint64_t mixed = state += 0x9e3779b97f4a7c15;
  mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9;
  mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111eb;
  return mixed ^ mixed >> 31;
}

void draw_integer(sqlite3_context* context, int, sqlite3_value**) {
  sqlite3_result_int64(context, static_cast<std::int64_t>(next(context)));
}

void draw_blob(sqlite3_context* context, int, sqlite3_value** arguments) {
  const std::int64_t size = std::max<std::int64_t>(sqlite3_value_int64(arguments[0]), 1);
  if (size > kBlobMax) return sqlite3_result_error_toobig(context);
  std::string octets;
  while (octets.size() < static_cast<std::size_t>(size))
    octets += static_cast<char>(next(context) >> 56);
  sqlite3_result_blob64(context, octets.data(), octets.size(), SQLITE_TRANSIENT);
}

void free_state(void* state) {
  delete static_cast<std::uint64_t*>(state);
}

}  // namespace

void seed_random_functions(sqlite3* database, std::uint64_t seed) {
  constexpr int kFlags = SQLITE_UTF8 | SQLITE_INNOCUOUS;
  sqlite3_create_function_v2(database, "random", 0, kFlags, new std::uint64_t(seed), draw_integer,
                             nullptr, nullptr, free_state);
  sqlite3_create_function_v2(database, "randomblob", 1, kFlags, new std::uint64_t(~seed), draw_blob,
                             nullptr, nullptr, free_state);
}

}  // namespace torpor::object
