// The benchmarks of the simulator: what each measures, and against which figures it is held. They
// are no tests: how fast they run is judged by nobody but their reader.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace torpor::bench {

struct Outcome {
  double value = 0;                                          // in the benchmark's unit
  double cpu_seconds = 0;                                    // of the part that is measured
  std::vector<std::pair<std::string, double>> besides = {};  // what else was counted
};

// The work did not come out as its definition says: its figures mean nothing.
struct WrongWork : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Benchmark {
  std::string name;        // "echo/100": `echo` is its group
  std::string definition;  // with every number that matters
  std::string unit;
  bool more_is_better = true;
  std::optional<double> least = {};  // in `unit`, like the aim
  std::optional<double> aim = {};
  // Throws WrongWork. To be called in a process of its own: some work needs all the memory there
  // is to itself.
  Outcome (*run)() = nullptr;
};

const std::vector<Benchmark>& all_benchmarks();

enum class Reached { kAim, kLeast, kNothing, kNoTarget };
Reached reached(const Benchmark& benchmark, double value);

}  // namespace torpor::bench
