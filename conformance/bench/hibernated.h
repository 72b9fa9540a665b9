// Objects that sleep: what their sockets cost in time and memory.
#pragma once

#include <cstddef>

#include "conformance/bench/benchmark.h"

namespace torpor::bench {

// One simulated day of one object with this many hibernated sockets and an alarm a minute. Each
// alarm wakes the object, sets the next one, and ten seconds later the object hibernates again.
// Value: milliseconds of CPU time.
Outcome run_hibernated_day(std::size_t sockets);

// What one hibernated socket keeps on the server's heap, in octets, its attachment of 64 octets not
// counted and the allocator's own octets included. Sockets of one object behind one server, without
// network and clients; they connect in lots of 10,000, and the object hibernates after each.
Outcome run_hibernated_socket(std::size_t sockets);

// The same sockets with network and clients, without attachments. Value: the most memory that the
// whole process has had, in MiB.
Outcome run_hibernated_crowd(std::size_t sockets);

}  // namespace torpor::bench
