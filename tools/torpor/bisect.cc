// Names the first event in which two simulated runs differ.
#include "conformance/explore/bisect.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "conformance/explore/generator.h"
#include "conformance/scenario/loader.h"
#include "core/mutants.h"
#include "tools/torpor/catalogue.h"
#include "tools/torpor/command.h"
#include "tools/torpor/exploration.h"
#include "tools/torpor/files.h"
#include "tools/torpor/interrupt.h"
#include "tools/torpor/platform_options.h"

namespace torpor::tool {
namespace {

using explore::Checkpointed;
using explore::Rerun;
using explore::Window;

struct BisectOptions {
  std::string a;
  std::string b;
  std::string other;  // another build of torpor
  std::string events;
  bool checkpoints = false;
  std::string profile = "parity";
  ExplorationSettings settings;  // of B
  CatalogueOptions catalogue;
  bool json = false;
};

constexpr std::size_t kContext = 3;

scenario::Case only_case(const Json& json, const std::string& path,
                         const statements::Registry& registry) {
  auto loaded = scenario::load_case(json, path, registry);
  for (const scenario::Problem& problem : loaded.problems)
    fmt::print(stderr, "{}\n", problem.to_string());
  if (!loaded.ok()) usage_failure(fmt::format("{}: no scenario that can be run", path));
  return std::move(loaded.cases.front());
}

sim::Oracle oracle_of(const trace::Header& header, const std::string& path) {
  if (header.tape.is_null()) return sim::Oracle::calm(header.seed);
  auto tape = sim::tape_from_json(header.tape);
  if (const auto* problem = std::get_if<std::string>(&tape))
    usage_failure(fmt::format("{}: tape: {}", path, *problem));
  return sim::Oracle::from_tape(std::get<sim::Tape>(std::move(tape)));
}

// What exploration makes of "seed:N".
std::optional<std::uint64_t> seed_in(const std::string& path) {
  constexpr std::string_view kPrefix = "seed:";
  std::uint64_t seed = 0;
  if (!path.starts_with(kPrefix)) return std::nullopt;
  const char* end = path.data() + path.size();
  const auto read = std::from_chars(path.data() + kPrefix.size(), end, seed);
  if (read.ptr != end || read.ec != std::errc())
    usage_failure(fmt::format("{}: no whole number below 2^64", path));
  return seed;
}

Json scenario_of(const std::string& path) {
  const auto seed = seed_in(path);
  return seed ? explore::generate(*seed, {explore::all_family_names()}).scenario
              : read_scenario(path);
}

// A scenario file, a seed, or the trace of a simulated run.
Rerun rerun_of(const std::string& path, const compat::Parameters& parameters,
               const statements::Registry& registry) {
  if (!path.ends_with(".jsonl")) {
    scenario::Case one = only_case(scenario_of(path), path, registry);
    auto options = targets::options_of(one, parameters);
    return {std::move(one), std::move(options)};
  }
  const trace::Trace trace = read_trace(path);
  if (trace.header.target_name != "sim")
    usage_failure(fmt::format("{}: a run of {}; only simulated runs can be made again", path,
                              trace.header.target_name));
  scenario::Case one = only_case(trace.header.scenario, path, registry);
  auto options = targets::options_of(one, parameters);
  if (!one.simulation && !trace.header.tape.is_null())
    options.network = sim::NetworkOptions::random();
  options.oracle = oracle_of(trace.header, path);
  return {std::move(one), std::move(options)};
}

// One of the two runs: made here, or by another build.
class Side {
 public:
  virtual ~Side() = default;
  virtual Checkpointed checkpoints() = 0;
  virtual std::vector<std::string> events(const Window& window) = 0;
};

class Here final : public Side {
 public:
  Here(Rerun rerun, mutants::Mutant mutant) : rerun_(std::move(rerun)), mutant_(mutant) {}
  Checkpointed checkpoints() override {
    const mutants::Planted planted(mutant_);
    return explore::checkpointed(rerun_, Interrupt::flag());
  }
  std::vector<std::string> events(const Window& window) override {
    const mutants::Planted planted(mutant_);
    return explore::events_of(rerun_, window, Interrupt::flag());
  }

 private:
  Rerun rerun_;
  mutants::Mutant mutant_;
};

class Elsewhere final : public Side {
 public:
  Elsewhere(std::string torpor, std::string arguments)
      : torpor_(std::move(torpor)), arguments_(std::move(arguments)) {}

  Checkpointed checkpoints() override {
    const auto json = parse_json(output("--checkpoints"));
    const Json* told = std::get_if<Json>(&json);
    if (told == nullptr || !told->is_object() || !told->contains("digest"))
      throw Failure(judge::ExitCode::kHarness,
                    fmt::format("{}: does not tell of its run", torpor_));
    return {(*told)["checkpoints"].get<std::vector<std::string>>(),
            (*told)["events"].get<std::uint64_t>(), (*told)["digest"].get<std::string>()};
  }

  std::vector<std::string> events(const Window& window) override {
    std::istringstream out(output(fmt::format("--events {}..{}", window.first, window.last)));
    std::vector<std::string> lines;
    for (std::string line; std::getline(out, line);) lines.push_back(std::move(line));
    return lines;
  }

 private:
  std::string output(const std::string& what) const {
    const std::string command = shell_word(torpor_) + " bisect " + arguments_ + " " + what;
    const auto close = [](std::FILE* pipe) { pclose(pipe); };
    std::unique_ptr<std::FILE, decltype(close)> pipe(popen(command.c_str(), "r"), close);
    std::string text;
    if (!pipe) throw Failure(judge::ExitCode::kHarness, "cannot run " + command);
    for (char chunk[4096]; const std::size_t size = std::fread(chunk, 1, sizeof chunk, pipe.get());)
      text.append(chunk, size);
    if (pclose(pipe.release()) != 0) throw Failure(judge::ExitCode::kHarness, "failed: " + command);
    return text;
  }

  std::string torpor_;
  std::string arguments_;
};

Window window_from(const std::string& text) {
  const auto dots = text.find("..");
  Window window{};
  if (dots == std::string::npos ||
      std::sscanf(text.c_str(), "%lu..%lu", &window.first, &window.last) != 2 ||
      window.first == 0 || window.last < window.first)
    usage_failure(fmt::format("--events is A..B, both included, from 1 and A not after B, not {}",
                              shell_word(text)));
  return window;
}

class Bisect {
 public:
  explicit Bisect(const BisectOptions& options)
      : options_(options), registry_(load_statements(options.catalogue)) {}

  judge::ExitCode run() {
    Interrupt interrupt;
    try {
      return options_.checkpoints || !options_.events.empty() ? tell() : compare();
    } catch (const std::runtime_error& error) {
      if (dynamic_cast<const Failure*>(&error) != nullptr) throw;
      throw Failure(judge::ExitCode::kHarness, fmt::format("{}: {}", options_.a, error.what()));
    }
  }

 private:
  std::unique_ptr<Side> a() const { return here(options_.a, {}); }

  std::unique_ptr<Side> b() const {
    const std::string& path = options_.b.empty() ? options_.a : options_.b;
    if (options_.other.empty()) return here(path, options_.settings);
    if (options_.other.find('/') != std::string::npos && !std::filesystem::exists(options_.other))
      usage_failure(fmt::format("--other {}: there is no such program", options_.other));
    return std::make_unique<Elsewhere>(
        options_.other, fmt::format("{} --profile {}{}{}", shell_word(path), options_.profile,
                                    exploration_arguments(options_.settings),
                                    source_arguments(options_.catalogue)));
  }

  std::unique_ptr<Side> here(const std::string& path, const ExplorationSettings& settings) const {
    const auto* mutant = mutants::find(settings.mutant);
    if (!settings.mutant.empty()) (void)evaluate_options(settings);  // says what is wrong with it
    return std::make_unique<Here>(
        rerun_of(path, parameters_with(profile_from(options_.profile), settings.sets), registry_),
        mutant ? mutant->mutant : mutants::Mutant::kNone);
  }

  // Of one run, for a person or for another build's comparison.
  judge::ExitCode tell() const {
    const auto side = here(options_.a, options_.settings);
    if (options_.checkpoints) {
      const Checkpointed run = side->checkpoints();
      fmt::print(
          "{}\n",
          Json{{"events", run.events}, {"digest", run.digest}, {"checkpoints", run.checkpoints}}
              .dump());
    } else {
      for (const std::string& line : side->events(window_from(options_.events)))
        fmt::print("{}\n", line);
    }
    return judge::ExitCode::kConformant;
  }

  judge::ExitCode compare() const {
    const auto first = a(), second = b();
    const Checkpointed left = first->checkpoints(), right = second->checkpoints();
    const auto window = explore::first_different(left, right);
    if (Interrupt::requested()) return judge::ExitCode::kIncomplete;
    if (!window) return same(left);
    const auto ours = first->events(*window), theirs = second->events(*window);
    const auto [at, other] = std::mismatch(ours.begin(), ours.end(), theirs.begin(), theirs.end());
    if (at == ours.end() && other == theirs.end()) return not_again(*window);
    return different(*window, ours, theirs, static_cast<std::size_t>(at - ours.begin()));
  }

  judge::ExitCode same(const Checkpointed& run) const {
    if (options_.json) {
      fmt::print("{}\n",
                 Json{{"same", true}, {"events", run.events}, {"digest", run.digest}}.dump(2));
    } else {
      fmt::print("same  {} events, digest {}\n", run.events, run.digest);
    }
    return judge::ExitCode::kConformant;
  }

  // What differs from itself need not differ again.
  judge::ExitCode not_again(const Window& window) const {
    if (options_.json) {
      fmt::print(
          "{}\n",
          Json{{"same", false}, {"between", {window.first, window.last}}, {"first", nullptr}}.dump(
              2));
    } else {
      fmt::print(
          "different between events {} and {}, but when both were run once more those were the "
          "same:\na run here is not the same each time; try again\n",
          window.first, window.last);
    }
    return judge::ExitCode::kNotConformant;
  }

  judge::ExitCode different(const Window& window, const std::vector<std::string>& ours,
                            const std::vector<std::string>& theirs, std::size_t at) const {
    const auto line = [&](const std::vector<std::string>& lines) {
      return at < lines.size() ? lines[at] : std::string("nothing more happens");
    };
    const std::uint64_t number = window.first + at;
    if (options_.json) {
      fmt::print(
          "{}\n",
          Json{{"same", false}, {"first", number}, {"a", line(ours)}, {"b", line(theirs)}}.dump(
              2, ' ', false, Json::error_handler_t::replace));
      return judge::ExitCode::kNotConformant;
    }
    fmt::print("different from event {} on\n", number);
    for (std::size_t i = at > kContext ? at - kContext : 0; i < at; ++i)
      fmt::print("  both  {}\n", ours[i]);
    fmt::print("  A     {}\n  B     {}\n", line(ours), line(theirs));
    return judge::ExitCode::kNotConformant;
  }

  const BisectOptions& options_;
  statements::Registry registry_;
};

}  // namespace

void add_bisect(CLI::App& app, Chosen& chosen) {
  auto options = std::make_shared<BisectOptions>();
  CLI::App* verb =
      app.add_subcommand("bisect", "Name the first event in which two simulated runs differ");
  verb->add_option(
          "a", options->a,
          "A scenario file, the trace of a simulated run (.jsonl), or seed:N: what explore makes "
          "of it")
      ->required()
      ->type_name("A");
  verb->add_option("b", options->b, "Another; without it A once more")->type_name("B");
  verb->add_option("--other", options->other,
                   "B is run by this build of torpor instead of this one")
      ->type_name("TORPOR");
  verb->add_option("--profile", options->profile, "documented, parity or rfc6455")
      ->capture_default_str();
  add_exploration_options(*verb, options->settings);
  verb->add_flag("--checkpoints", options->checkpoints,
                 "Only the digests of A's run, after every 4,096 events and at its end, as JSON");
  verb->add_option("--events", options->events, "Only these events of A's run, one a line")
      ->type_name("FROM..TO");
  add_source_options(*verb, options->catalogue);
  verb->add_flag("--json", options->json, "The result as JSON on standard output");
  verb->footer(
      "--set and --mutant are those of B. Digests find the 4,096 events among which the runs part; "
      "one more run\nof each finds the event: its number, time, what it is, connection and "
      "octets.\nExit codes: 0 the same, 1 different, 2 usage, 4 a run does not come to its end.\n"
      "Example:\n  torpor bisect torpor-failures/seed-17.json\n"
      "  torpor bisect seed:17 --other build/clang/torpor\n"
      "  torpor bisect before.jsonl after.jsonl\n"
      "  torpor bisect seed-17.json --mutant standard-does-not-reply");
  verb->callback([options, &chosen] { chosen.run = [options] { return Bisect(*options).run(); }; });
}

}  // namespace torpor::tool
