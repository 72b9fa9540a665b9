// SQL's random() and randomblob() from a seed, so that a simulated run can be repeated.
#pragma once

#include <cstdint>

struct sqlite3;

namespace torpor::object {

// Replaces both functions of the connection.
void seed_random_functions(sqlite3* database, std::uint64_t seed);

}  // namespace torpor::object
