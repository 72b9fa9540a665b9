#include "tools/torpor/targets.h"

#include <fmt/format.h>

#include <charconv>
#include <limits>
#include <system_error>

#include "tools/torpor/catalogue.h"
#include "tools/torpor/command.h"
#include "tools/torpor/interrupt.h"
#include "tools/torpor/platform_options.h"

namespace torpor::tool {
namespace {

[[noreturn]] void refuse(const targets::TargetError& error) {
  throw Failure(error.usage ? judge::ExitCode::kUsage : judge::ExitCode::kTarget, error.what());
}

targets::Settings settings_of(compat::Profile profile, const RunSettings& settings) {
  parameters_with(
      profile, settings.sets);  // refuses what names no parameter, also where no model will be run
  return {.profile = profile,
          .seed = settings.seed,
          .random_network = settings.network == "random",
          .overrides = settings.sets,
          .mutant = settings.mutant,
          .jobs = settings.jobs};
}

judge::ExitCode exit_of(run::Trouble trouble) {
  return trouble == run::Trouble::kHarness ? judge::ExitCode::kHarness : judge::ExitCode::kTarget;
}

// The option's own reading takes a sign, other bases, and the largest number for a larger one.
CLI::Validator whole_number() {
  const auto read = [](std::string& text) -> std::string {
    std::uint64_t number = 0;
    const char* end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc() || stopped != end) {
      return fmt::format("must be a whole number from 0 to {}, not {}",
                         std::numeric_limits<std::uint64_t>::max(), shell_word(text));
    }
    text = std::to_string(number);
    return "";
  };
  return {read, ""};
}

Observation observation_of(const std::string& target, const std::string& version,
                           targets::Observation seen) {
  Observation observation;
  observation.target = target;
  observation.target_version = version;
  observation.not_applicable = std::move(seen.not_applicable);
  observation.not_testable = std::move(seen.not_testable);
  if (seen.error)
    observation.error = report::RunError{exit_of(seen.error->trouble), seen.error->message};
  if (seen.trace) observation.target_version = seen.trace->header.target_version;
  observation.trace = std::move(seen.trace);
  return observation;
}

}  // namespace

void add_run_options(CLI::App& verb, RunSettings& settings) {
  verb.add_option("--seed", settings.seed, "What every choice of the run is made from")
      ->transform(whole_number())
      ->capture_default_str();
  verb.add_option("--network", settings.network, "sim: calm, or random delays, splits and order")
      ->check(CLI::IsMember({"calm", "random"}))
      ->capture_default_str();
  add_set_option(verb, settings.sets);
  verb.add_option("--mutant", settings.mutant,
                  "sim: plant this fault in the model (torpor mutants --list)")
      ->type_name("NAME");
  verb.add_option("--jobs", settings.jobs,
                  "Cases at the same time on a real target; 0: its own choice")
      ->transform(whole_number())
      ->capture_default_str();
}

std::string run_arguments(const std::string& target, const RunSettings& settings) {
  std::string out = fmt::format(" --seed {}", settings.seed);
  if (!is_simulated(target)) return out;
  if (settings.network != "calm") out += fmt::format(" --network {}", settings.network);
  if (!settings.mutant.empty()) out += fmt::format(" --mutant {}", shell_word(settings.mutant));
  return out + set_arguments(settings.sets);
}

bool is_simulated(const std::string& target) {
  return target == "sim";
}

void check_target(const std::string& target) {
  try {
    targets::check_target_name(target);
  } catch (const targets::TargetError& error) {
    refuse(error);
  }
}

void check_target(const std::string& target, const RunSettings& settings) {
  check_target(target);
  if (settings.mutant.empty()) return;
  try {
    targets::make_target(target, settings_of(compat::Profile::kParity, settings));
  } catch (const targets::TargetError& error) {
    refuse(error);
  }
}

targets::Facts probe_target(const std::string& target) {
  try {
    return targets::make_target(target, {})->facts();
  } catch (const targets::TargetError& error) {
    refuse(error);
  }
}

bool run_cases(const std::string& target, compat::Profile profile,
               const std::vector<scenario::Case>& cases, const RunSettings& settings,
               const RunEvents& events) {
  try {
    auto chosen = targets::make_target(target, settings_of(profile, settings));
    const std::string version = chosen->facts().version;
    targets::Events told;
    told.started = [&](const scenario::Case& one) {
      if (events.started) events.started(one);
    };
    told.finished = [&](const scenario::Case& one, targets::Observation seen) {
      events.finished(one, observation_of(target, version, std::move(seen)));
    };
    told.idle = [&] {
      if (events.idle) events.idle();
    };
    return chosen->run(cases, told, Interrupt::flag());
  } catch (const targets::TargetError& error) {
    refuse(error);
  }
}

}  // namespace torpor::tool
