// Makes a failing scenario as small as it gets.
#include "conformance/explore/shrink.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "conformance/explore/differential.h"
#include "conformance/explore/needed.h"
#include "conformance/scenario/loader.h"
#include "core/mutants.h"
#include "tools/torpor/catalogue.h"
#include "tools/torpor/command.h"
#include "tools/torpor/exploration.h"
#include "tools/torpor/files.h"
#include "tools/torpor/interrupt.h"
#include "tools/torpor/targets.h"

namespace torpor::tool {
namespace {

struct ShrinkVerbOptions {
  std::string file;
  std::string output;
  std::size_t runs = 0;
  std::string target = "sim";
  ExplorationSettings settings;
  CatalogueOptions catalogue;
};

constexpr const char* kCrash = "crash";
constexpr std::size_t kModelRuns = 20'000;
constexpr std::size_t kRealRuns = 300;

class ShrinkVerb {
 public:
  explicit ShrinkVerb(const ShrinkVerbOptions& options)
      : options_(options),
        registry_(load_statements(options.catalogue)),
        evaluating_(evaluate_options(options.settings)),
        mutant_(mutants::find(options.settings.mutant)) {}

  judge::ExitCode run() {
    Interrupt interrupt;
    Json scenario = read_scenario(options_.file);
    const scenario::Case one = case_of(scenario, options_.file, registry_);
    if (!is_simulated(options_.target)) return on_real(one, scenario);
    const mutants::Planted planted(mutant_ ? mutant_->mutant : mutants::Mutant::kNone);
    bucket_ = in_a_child(one);
    if (bucket_ != kCrash) {
      const explore::Evaluation evaluation = explore::evaluate(one, evaluating_, Interrupt::flag());
      bucket_ = evaluation.bucket();
      if (evaluation.good())
        usage_failure(fmt::format(
            "{}: does not fail; nothing to minimise{}", options_.file,
            options_.settings.mutant.empty() ? " (was it found with --mutant or --set?)" : ""));
      // From here on the choices stand by themselves.
      if (!scenario["simulation"].is_object()) scenario["simulation"] = {{"seed", 1u}};
      if (!scenario["simulation"].contains("choices"))
        scenario["simulation"]["choices"] = sim::to_json(evaluation.eventful);
      narrow(evaluation);
      if (!still_fails(scenario)) scenario = read_scenario(options_.file);
    }
    return finish(shrink(scenario), read_scenario(options_.file));
  }

 private:
  judge::ExitCode on_real(const scenario::Case& one, const Json& scenario) {
    check_target(options_.target);
    try {
      differential_ = std::make_unique<explore::Differential>(options_.target, registry_);
      bucket_ = difference_of(one);
      if (bucket_.empty()) {
        usage_failure(fmt::format("{}: {} does what the model does; nothing to minimise",
                                  options_.file, options_.target));
      }
      return finish(shrink(scenario), scenario);
    } catch (const targets::TargetError& error) {
      throw Failure(error.usage ? judge::ExitCode::kUsage : judge::ExitCode::kTarget, error.what());
    }
  }

  // The bucket of how the model and the real server differ; empty when they do not.
  std::string difference_of(const scenario::Case& one) {
    std::string bucket;
    differential_->run(
        {one},
        [&](std::size_t, const std::optional<explore::Difference>& difference, const std::string&) {
          if (difference) bucket = difference->bucket;
        },
        Interrupt::flag());
    return bucket;
  }

  // What need not be looked at to see this failure.
  void narrow(const explore::Evaluation& evaluation) {
    evaluating_.twice = evaluation.fault == explore::Fault::kDisorder;
    evaluating_.hibernation = evaluation.fault == explore::Fault::kProperty &&
                              evaluation.findings.front().property == "hibernation-is-invisible";
  }

  explore::Shrunk shrink(const Json& scenario) {
    explore::ShrinkOptions shrinking;
    shrinking.runs_max = options_.runs > 0 ? options_.runs : differential_ ? kRealRuns : kModelRuns;
    shrinking.still_fails = [&](const Json& candidate) { return still_fails(candidate); };
    const report::Terminal terminal = report::Terminal::of(stderr);
    shrinking.progress = [&](std::size_t runs, const Json& smallest) {
      if (terminal.interactive)
        fmt::print(stderr, "\r\x1b[2K{} runs  {} steps", runs, smallest["steps"].size());
    };
    auto shrunk = explore::shrink(scenario, shrinking, Interrupt::flag());
    if (terminal.interactive) fmt::print(stderr, "\r\x1b[2K");
    return shrunk;
  }

  bool still_fails(const Json& candidate) {
    const auto loaded = scenario::load_case(candidate, options_.file, registry_);
    if (!loaded.ok()) return false;
    if (differential_) return difference_of(loaded.cases.front()) == bucket_;
    if (bucket_ == kCrash) return in_a_child(loaded.cases.front()) == kCrash;
    const auto evaluation = explore::evaluate(loaded.cases.front(), evaluating_, Interrupt::flag());
    return evaluation.bucket() == bucket_;
  }

  // "crash" when the model takes its process with it.
  std::string in_a_child(const scenario::Case& one) {
    constexpr unsigned kSeconds = 60;
    std::fflush(nullptr);
    const pid_t pid = fork();
    if (pid < 0) throw Failure(judge::ExitCode::kHarness, "no process");
    if (pid == 0) {
      alarm(kSeconds);
      std::freopen("/dev/null", "w", stderr);
      explore::EvaluateOptions once = evaluating_;
      once.twice = false;
      const std::atomic<bool> stop{false};
      (void)explore::evaluate(one, once, stop);
      _exit(0);
    }
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? "" : kCrash;
  }

  judge::ExitCode finish(const explore::Shrunk& shrunk, const Json& before) {
    Json smallest = shrunk.scenario;
    smallest["id"] = smallest.value("id", "explored") + "-minimal";
    if (before.contains("found")) smallest["found"] = before["found"];
    smallest["found"]["bucket"] = bucket_;
    const std::string path = options_.output.empty() ? minimal_path() : options_.output;
    write_file(path, smallest.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
    fmt::print("{}\n  {} steps of {}, after {} runs{}\n", bucket_, smallest["steps"].size(),
               before["steps"].size(), shrunk.runs,
               shrunk.minimal ? "; without any one of them it passes"
                              : "; not minimal yet: interrupted, or more --runs are needed");
    fmt::print("  families of faults it needs: {}\n", faults_of(smallest));
    if (differential_) {
      fmt::print("  {}\n  look at both: torpor run {} --target {}\n                torpor run {}\n",
                 path, shell_word(path), options_.target, shell_word(path));
    } else {
      fmt::print("  {}\n  reproduce: torpor explore {}{}\n", path, shell_word(path),
                 exploration_arguments(options_.settings));
    }
    return shrunk.minimal ? judge::ExitCode::kConformant : judge::ExitCode::kIncomplete;
  }

  // What is left of them: without any one of them it passes.
  static std::string faults_of(const Json& scenario) {
    const auto families = explore::families_of(scenario);
    return families.empty() ? "none" : fmt::format("{}", fmt::join(families, ", "));
  }

  std::string minimal_path() const {
    const std::string suffix = ".json";
    std::string stem = options_.file;
    if (stem.ends_with(suffix)) stem.resize(stem.size() - suffix.size());
    return stem + ".minimal.json";
  }

  const ShrinkVerbOptions& options_;
  statements::Registry registry_;
  explore::EvaluateOptions evaluating_;
  const mutants::Description* mutant_;
  std::unique_ptr<explore::Differential> differential_;  // on a real server
  std::string bucket_;
};

}  // namespace

void add_shrink(CLI::App& app, Chosen& chosen) {
  auto options = std::make_shared<ShrinkVerbOptions>();
  CLI::App* verb = app.add_subcommand(
      "shrink", "Make a failing scenario as small as it gets while the same thing is broken");
  verb->add_option("file", options->file, "A failure that torpor explore has saved")
      ->required()
      ->type_name("FILE");
  verb->add_option("-o,--output", options->output, "Where it goes; else FILE.minimal.json")
      ->type_name("FILE");
  verb->add_option("--runs", options->runs,
                   "At most so many runs; 0: 20,000 on the model, 300 on a real server")
      ->capture_default_str();
  verb->add_option("--target", options->target,
                   "A real server that differs from the model; else the model, against the "
                   "properties")
      ->type_name("TARGET")
      ->capture_default_str();
  add_exploration_options(*verb, options->settings);
  add_source_options(*verb, options->catalogue);
  verb->footer(
      "Steps, clients, ops, handlers, faults and choices are taken away, waits and texts made "
      "shorter.\nWhat comes out belongs into traces/regressions once it is mended: the tests run "
      "it from then on.\nExit codes: 0 minimal, 2 usage, or it does not fail, 5 not minimal yet.\n"
      "Example:\n  torpor shrink torpor-failures/seed-17.json");
  verb->callback(
      [options, &chosen] { chosen.run = [options] { return ShrinkVerb(*options).run(); }; });
}

}  // namespace torpor::tool
