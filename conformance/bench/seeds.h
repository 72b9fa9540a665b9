// Exploration's unit of work: one scenario on a random network, twice.
#pragma once

#include <cstddef>

#include "conformance/bench/benchmark.h"

namespace torpor::bench {

// `seeds` seeds of one scenario on a random network, each run twice as `torpor run` does on `sim`,
// trace and tape included; the digests of both runs must be equal. The scenario: three clients
// connect, each sends two messages that are echoed and keeps an attachment, the object hibernates,
// each sends again, all close. Value: seeds per minute of CPU time.
Outcome run_seeds(std::size_t seeds);

}  // namespace torpor::bench
