// The targets a command can name, and running cases on them.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "conformance/scenario/case.h"
#include "conformance/targets/target.h"
#include "core/compat/profile.h"
#include "tools/torpor/certification.h"

namespace torpor::tool {

struct RunSettings {
  std::uint64_t seed = 1;
  std::string network = "calm";
  std::vector<std::string> sets;
  std::string mutant;    // a fault of the simulator's model; empty: none
  std::size_t jobs = 0;  // cases at the same time on a real target; 0: as many as it takes well
};

// --seed, --network, --set, --mutant, --jobs.
void add_run_options(CLI::App& verb, RunSettings& settings);
// The same settings as options, for a reproduce line; those of the simulator only for the
// simulator.
std::string run_arguments(const std::string& target, const RunSettings& settings);

// "sim", "workerd", "workerd@VERSION", "tcp://HOST:PORT"; else Failure (usage).
void check_target(const std::string& target);
// Also that it can be run with these settings.
void check_target(const std::string& target, const RunSettings& settings);
bool is_simulated(const std::string& target);

// Failure (target) when it does not answer.
targets::Facts probe_target(const std::string& target);

struct RunEvents {
  std::function<void(const scenario::Case&)> started;
  std::function<void(const scenario::Case&, Observation)> finished;
  std::function<void()> idle;  // called now and then while nothing else is
};

// Runs the cases and tells of each (the very element of `cases`) as it is finished, until it is
// interrupted; whether all were run. A target that cannot be reached is told once, by Failure
// (target); one that dies is told by each case's Observation.
bool run_cases(const std::string& target, compat::Profile profile,
               const std::vector<scenario::Case>& cases, const RunSettings& settings,
               const RunEvents& events);

}  // namespace torpor::tool
