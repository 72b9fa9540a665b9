// A target: something that serves the fixture contract, on which cases can be run.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "conformance/run/case_run.h"
#include "conformance/scenario/case.h"
#include "core/compat/profile.h"
#include "core/trace/trace.h"

namespace torpor::targets {

struct Facts {
  std::string name;     // "sim", "workerd", "tcp://127.0.0.1:8080"
  std::string version;  // of what serves; what hello says for a server that only has an address
  int contract = 1;
  std::vector<std::string> features;
};

struct Settings {
  // The simulator's model; written into every trace.
  compat::Profile profile = compat::Profile::kParity;
  std::uint64_t seed = 1;
  bool random_network = false;  // simulator: delays, splitting and order from the seed
  // Simulator: NAME=VALUE of the table of platform parameters.
  std::vector<std::string> overrides = {};
  // Simulator: the name of a fault planted in the model (core/mutants.h); empty: none.
  std::string mutant = {};
  // Simulator: of one case; beyond it the model runs in a circle.
  std::uint64_t turns_max = 20'000'000;
  std::size_t jobs = 0;  // real targets: cases at the same time; 0: the target's own choice
};

// One case: a trace, or why there is none.
struct Observation {
  std::optional<trace::Trace> trace = std::nullopt;
  std::string not_applicable = {};  // the target declares that it is something else
  std::string not_testable = {};    // the target lacks what the case needs
  std::optional<run::RunError> error = std::nullopt;
};

struct Events {
  std::function<void(const scenario::Case&)> started;
  std::function<void(const scenario::Case&, Observation)> finished;
  std::function<void()> idle;  // now and then while nothing else is told
};

// The target cannot be used at all: bad name or setting (usage), or nobody answers (unreachable).
struct TargetError : std::runtime_error {
  TargetError(bool is_usage, const std::string& message)
      : std::runtime_error(message), usage(is_usage) {}
  bool usage;
};

class Target {
 public:
  virtual ~Target() = default;
  // Throws TargetError when it does not answer.
  virtual Facts facts() = 0;
  // Runs the cases and tells of each (the very element of `cases`) as it is finished, until `stop`
  // is set; whether all were run. Throws TargetError when the target cannot be reached at all.
  virtual bool run(const std::vector<scenario::Case>& cases, const Events& events,
                   const std::atomic<bool>& stop) = 0;
};

// "sim", "workerd", "workerd@VERSION", "tcp://HOST:PORT". Throws TargetError (usage) for anything
// else.
std::unique_ptr<Target> make_target(const std::string& name, const Settings& settings);
void check_target_name(const std::string& name);

}  // namespace torpor::targets
