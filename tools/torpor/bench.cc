#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "conformance/bench/benchmark.h"
#include "conformance/report/progress.h"
#include "conformance/report/terminal.h"
#include "conformance/scenario/problem.h"
#include "core/json.h"
#include "tools/torpor/bench_process.h"
#include "tools/torpor/command.h"
#include "tools/torpor/interrupt.h"

namespace torpor::tool {
namespace {

struct BenchOptions {
  std::vector<std::string> names;
  bool json = false;
};

// "echo" is all of "echo/100", "echo/1000", ...
bool means(const std::string& name, const bench::Benchmark& benchmark) {
  return benchmark.name == name || benchmark.name.starts_with(name + "/");
}

std::vector<bench::Benchmark> selected(const std::vector<std::string>& names) {
  std::vector<std::string> known;
  for (const bench::Benchmark& benchmark : bench::all_benchmarks()) known.push_back(benchmark.name);
  for (const std::string& name : names) {
    const auto is_meant = [&](const auto& benchmark) { return means(name, benchmark); };
    if (std::ranges::none_of(bench::all_benchmarks(), is_meant))
      usage_failure(fmt::format("unknown benchmark {}", scenario::not_one_of(name, known)));
  }
  std::vector<bench::Benchmark> chosen;
  for (const bench::Benchmark& benchmark : bench::all_benchmarks()) {
    const auto is_asked = [&](const std::string& name) { return means(name, benchmark); };
    if (names.empty() || std::ranges::any_of(names, is_asked)) chosen.push_back(benchmark);
  }
  return chosen;
}

// 1,234,567 or 12.3: whole numbers, and small ones with three digits that count.
std::string number(double value) {
  if (value != 0 && std::abs(value) < 100 && value != std::round(value))
    return fmt::format("{:.3g}", value);
  std::string digits = fmt::format("{:.0f}", value);
  const std::size_t first = digits.starts_with('-') ? 1 : 0;
  for (std::size_t at = digits.size(); at > first + 3;) digits.insert(at -= 3, ",");
  return digits;
}

const char* word_of(bench::Reached reached) {
  switch (reached) {
    case bench::Reached::kAim:
      return "reaches the aim";
    case bench::Reached::kLeast:
      return "reaches the least";
    case bench::Reached::kNothing:
      return "misses it";
    case bench::Reached::kNoTarget:
      break;
  }
  return "";
}

report::Colour colour_of(bench::Reached reached) {
  if (reached == bench::Reached::kAim) return report::Colour::kGreen;
  return reached == bench::Reached::kLeast ? report::Colour::kYellow : report::Colour::kRed;
}

std::string targets_of(const bench::Benchmark& benchmark) {
  std::string text;
  if (benchmark.least) {
    text = fmt::format("{} {}", benchmark.more_is_better ? "at least" : "at most",
                       number(*benchmark.least));
  }
  if (benchmark.aim)
    text += fmt::format("{}aim {}", text.empty() ? "" : ", ", number(*benchmark.aim));
  return text;
}

void print_text(const bench::Benchmark& benchmark, const Measured& measured) {
  const report::Terminal terminal = report::Terminal::of(stdout);
  const std::string name = terminal.paint(report::Colour::kBold, report::pad(benchmark.name, 26));
  if (!measured.outcome) {
    fmt::print("{} {}\n", name,
               terminal.paint(report::Colour::kRed, "failed: " + measured.failure));
  } else {
    const bench::Reached reached = bench::reached(benchmark, measured.outcome->value);
    fmt::print("{} {:>12} {:<11} {}: {}\n", name, number(measured.outcome->value), benchmark.unit,
               targets_of(benchmark), terminal.paint(colour_of(reached), word_of(reached)));
    std::string counted;
    for (const auto& [what, value] : measured.outcome->besides)
      counted += fmt::format(", {} {}", number(value), what);
    fmt::print("  {:.3f} s CPU, {:.0f} MiB at most{}\n", measured.outcome->cpu_seconds,
               static_cast<double>(measured.peak_octets) / (1 << 20), counted);
  }
  fmt::print("{}\n\n", report::wrap_indented(benchmark.definition, terminal.columns, "  "));
  std::fflush(stdout);
}

void print_json(const bench::Benchmark& benchmark, const Measured& measured) {
  Json line = {{"benchmark", benchmark.name},
               {"definition", benchmark.definition},
               {"unit", benchmark.unit},
               {"more_is_better", benchmark.more_is_better}};
  if (benchmark.least) line["least"] = *benchmark.least;
  if (benchmark.aim) line["aim"] = *benchmark.aim;
  if (measured.outcome) {
    line["value"] = measured.outcome->value;
    line["cpu_seconds"] = measured.outcome->cpu_seconds;
    line["peak_octets"] = measured.peak_octets;
    line["reached"] = word_of(bench::reached(benchmark, measured.outcome->value));
    for (const auto& [what, value] : measured.outcome->besides) line["besides"][what] = value;
  } else {
    line["failed"] = measured.failure;
  }
  fmt::print("{}\n", line.dump());
  std::fflush(stdout);
}

// "Flat" is a claim about all sizes together.
void print_flatness(const std::vector<double>& rates) {
  if (rates.size() < 2) return;
  const auto [slowest, fastest] = std::ranges::minmax(rates);
  fmt::print("echo: the slowest size has {:.0f} % of the rate of the fastest\n",
             100 * slowest / fastest);
}

judge::ExitCode run_benchmarks(const BenchOptions& options) {
  const std::vector<bench::Benchmark> chosen = selected(options.names);
  const Interrupt interrupt;
  report::Progress progress(stderr, "bench", chosen.size());
  judge::ExitCode exit = judge::ExitCode::kConformant;
  std::vector<double> echo_rates;
  for (const bench::Benchmark& benchmark : chosen) {
    progress.started(benchmark.name);
    const Measured measured = measure(benchmark, [&] { progress.tick(); });
    if (Interrupt::requested()) break;
    progress.finished(benchmark.name, !measured.outcome);
    progress.erase();
    (options.json ? print_json : print_text)(benchmark, measured);
    if (!measured.outcome) exit = judge::ExitCode::kHarness;
    if (measured.outcome && means("echo", benchmark)) echo_rates.push_back(measured.outcome->value);
  }
  if (!options.json && !Interrupt::requested()) print_flatness(echo_rates);
  return exit;
}

}  // namespace

void add_bench(CLI::App& app, Chosen& chosen) {
  auto options = std::make_shared<BenchOptions>();
  CLI::App* verb = app.add_subcommand("bench", "Measure the simulator's speed and size");
  verb->add_option("name", options->names,
                   "Benchmarks, or groups of them such as `echo`; without any: all")
      ->type_name("NAME");
  verb->add_flag("--json", options->json, "One JSON object a line");
  verb->footer(
      "Each runs in a process of its own; time is CPU time. Ends with 0 whether or not a target is "
      "reached, with 4 when a benchmark\ndid not do its work or died. Use a release build.\n"
      "Example:\n  torpor bench echo hibernated-day");
  verb->callback(
      [options, &chosen] { chosen.run = [options] { return run_benchmarks(*options); }; });
}

}  // namespace torpor::tool
