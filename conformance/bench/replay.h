// Reading a long trace, and comparing another with it.
#pragma once

#include <cstddef>

#include "conformance/bench/benchmark.h"

namespace torpor::bench {

// Both: a trace file of so many events (ten clients whose messages are echoed, what they sent and
// received and the object's log) is read, checked against its digest, and compared with a trace in
// memory, as `torpor replay` does. Value: seconds of CPU time.

// The same run with other times: the digest tells.
Outcome run_replay_of_the_same(std::size_t events);
// Other keys in the handshakes, as between any two runs of a real server: each event is compared.
Outcome run_replay_with_other_keys(std::size_t events);

}  // namespace torpor::bench
