// The workers of tools/samples, by their Wrangler configurations: wrangler.jsonc names the
// JavaScript one, wrangler.toml the one in TypeScript.
#pragma once

#include "conformance/scenario/case.h"
#include "conformance/targets/typescript.h"
#include "conformance/targets/workerd_process.h"

namespace torpor::targets {

class SampleWorkers {
 public:
  // Throws std::runtime_error with all that is wrong with configuration or code. What it names
  // lives as long as this.
  WorkerdProcess::Worker worker_of(const scenario::Sample& sample);

 private:
  TypeScript typescript_;
};

}  // namespace torpor::targets
