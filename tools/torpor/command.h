// How the verbs of the command are put together: each file adds one CLI11 subcommand and says what
// to do when it was chosen. A verb ends by returning an exit code or by throwing Failure.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <stdexcept>
#include <string>

#include "conformance/judge/exit_code.h"

namespace torpor::tool {

// What a person must be told before the command ends with `exit`: file, line, remedy.
class Failure : public std::runtime_error {
 public:
  Failure(judge::ExitCode exit, const std::string& message)
      : std::runtime_error(message), exit_(exit) {}
  judge::ExitCode exit() const { return exit_; }

 private:
  judge::ExitCode exit_;
};

[[noreturn]] inline void usage_failure(const std::string& message) {
  throw Failure(judge::ExitCode::kUsage, message);
}

using Action = std::function<judge::ExitCode()>;

// Set by the verb that was chosen, run by main after the whole command line was read.
struct Chosen {
  Action run;
};

void add_list(CLI::App& app, Chosen& chosen);
void add_explain(CLI::App& app, Chosen& chosen);
void add_coverage(CLI::App& app, Chosen& chosen);
void add_report(CLI::App& app, Chosen& chosen);
void add_compare(CLI::App& app, Chosen& chosen);
void add_certify(CLI::App& app, Chosen& chosen);
void add_run(CLI::App& app, Chosen& chosen);
void add_record(CLI::App& app, Chosen& chosen);
void add_replay(CLI::App& app, Chosen& chosen);
void add_probe(CLI::App& app, Chosen& chosen);
void add_explore(CLI::App& app, Chosen& chosen);
void add_shrink(CLI::App& app, Chosen& chosen);
void add_bisect(CLI::App& app, Chosen& chosen);
void add_outcomes(CLI::App& app, Chosen& chosen);
void add_merge(CLI::App& app, Chosen& chosen);
void add_mutants(CLI::App& app, Chosen& chosen);
void add_serve(CLI::App& app, Chosen& chosen);
void add_bench(CLI::App& app, Chosen& chosen);

inline constexpr const char* kVersion = TORPOR_VERSION;

}  // namespace torpor::tool
