// The mixed work: all that clients and objects ordinarily do.
#pragma once

#include <cstdint>

#include "conformance/bench/benchmark.h"

namespace torpor::bench {

// 200 clients of 20 objects, until there were this many events. Each client connects, then 20 times
// sends 64 octets of text that come back and are counted in its attachment, pings, and asks for an
// auto-response, waiting 50 ms each time; then it closes, is answered, and connects again. Each
// object has an alarm every five seconds. Latency is drawn between 1 and 20 ms.
Outcome run_events(std::uint64_t events);

}  // namespace torpor::bench
