// The same scenario on the model and on a real server: where they differ, one of them is wrong.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "conformance/judge/verdict.h"
#include "conformance/scenario/case.h"
#include "conformance/statements/registry.h"
#include "conformance/targets/target.h"

namespace torpor::explore {

struct Difference {
  judge::Divergence divergence;  // expected: the real server; got: the model
  // What differences are put together by: the lane's kind, and what was seen there on both sides.
  std::string bucket;
};

class Differential {
 public:
  // Throws targets::TargetError for a target that cannot be used. `registry` outlives this.
  Differential(const std::string& target, const statements::Registry& registry);
  ~Differential();

  // Of each case: nothing when both did the same, or when the target could not run it. Many run at
  // the same time. `on_done` is told of each, and of how it ended when it was not run.
  using OnDone = std::function<void(std::size_t index, std::optional<Difference> difference,
                                    const std::string& why_not)>;
  void run(const std::vector<scenario::Case>& cases, const OnDone& on_done,
           const std::atomic<bool>& stop);

 private:
  void run_together(const std::vector<scenario::Case>& cases,
                    const std::vector<std::size_t>& places, const OnDone& on_done,
                    const std::atomic<bool>& stop);

  const statements::Registry& registry_;
  std::unique_ptr<targets::Target> real_;
  std::unique_ptr<targets::Target> model_;
};

}  // namespace torpor::explore
