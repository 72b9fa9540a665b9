// Runs one scenario on the model and looks for whatever must never be: a property that does not
// hold, a run that differs from itself, a run that never ends.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "conformance/properties/finding.h"
#include "conformance/scenario/case.h"
#include "core/compat/parameters.h"
#include "core/trace/trace.h"
#include "sim/choices.h"
#include "sim/oracle.h"

namespace torpor::explore {

enum class Fault {
  kNone,
  kProperty,
  kDisorder,  // two runs of the same were not the same
  kStuck,     // it did not end, or the harness could not go on
};

struct Evaluation {
  Fault fault = Fault::kNone;
  std::vector<properties::Finding> findings;
  std::string reason;  // of what is no property
  std::string digest;  // of the trace, which has that of the world in it
  std::uint64_t events = 0;
  sim::Choices eventful;
  std::vector<sim::Asked> asked;  // where options.keep_asked
  std::set<std::string> exercised;
  bool followed = false;  // properties::Findings::followed
  trace::Trace trace;
  // Where the two runs were first known to differ: checkpoints (sim::World::kCheckpointEvery).
  std::optional<std::uint64_t> differs_before_event;

  bool good() const { return fault == Fault::kNone; }
  // What failures are put together by: the property and the first statement, or the fault.
  std::string bucket() const;
};

struct EvaluateOptions {
  compat::Parameters parameters;
  std::uint64_t events_max = 3'000'000;
  // Each run twice, and compared.
  bool twice = true;
  // The run once more with, or without, evictions wherever they are possible.
  bool hibernation = true;
  bool keep_asked = false;
  // By the properties; without it only what a run was is known.
  bool judge = true;
};

Evaluation evaluate(const scenario::Case& scenario_case, const EvaluateOptions& options,
                    const std::atomic<bool>& stop);

}  // namespace torpor::explore
