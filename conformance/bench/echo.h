// The echo work: what other simulators in tools/bench/ do as plain programs.
#pragma once

#include <cstddef>

#include "conformance/bench/benchmark.h"

namespace torpor::bench {

// `clients` connect to one object. Each sends 64 octets of text, and again 100 ms after each echo,
// for 60 seconds of virtual time; the network takes 10 ms one way. Every client then has 500
// echoes. The clients begin evenly over the first 120 ms. Value: messages that came back, per CPU
// second; connecting is not measured.
Outcome run_echo(std::size_t clients);

}  // namespace torpor::bench
