// Reading a long trace, and comparing another with it.
#pragma once

#include <cstddef>

#include "conformance/bench/benchmark.h"

namespace torpor::bench {

// A trace file of so many events: ten clients whose messages are echoed, what they sent and
// received and the object's log. It is read, checked against its digest, and compared with a second
// trace, which differs in its times and in the keys of the handshakes. Value: seconds of CPU time.
Outcome run_replay(std::size_t events);

}  // namespace torpor::bench
