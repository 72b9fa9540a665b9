#include "tools/torpor/explore_real.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "conformance/explore/differential.h"
#include "conformance/explore/generator.h"
#include "conformance/report/explanation.h"
#include "conformance/report/terminal.h"
#include "conformance/scenario/loader.h"
#include "conformance/targets/target.h"
#include "tools/torpor/catalogue.h"
#include "tools/torpor/files.h"
#include "tools/torpor/interrupt.h"

namespace torpor::tool {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kBatch = 32;
// What differs once may be a race; what differs each time is not.
constexpr int kConfirmations = 2;

struct Source {
  Json scenario;
  std::uint64_t seed = 0;
  std::string path = {};  // of a file that is there
};

struct FoundDifference {
  std::uint64_t seed = 0;
  std::uint64_t count = 0;
  std::string path;
  judge::Divergence divergence;
};

class RealExplorer {
 public:
  RealExplorer(const RealExploration& options, const statements::Registry& registry)
      : options_(options), registry_(registry), differential_(options.target, registry) {}

  judge::ExitCode run() {
    Interrupt interrupt;
    if (!options_.files.empty()) {
      std::vector<Source> sources;
      for (const std::string& path : options_.files)
        sources.push_back({.scenario = read_scenario(path), .path = path});
      compare(sources);
      return conclude();
    }
    const auto deadline =
        options_.budget ? Clock::now() + *options_.budget : Clock::time_point::max();
    for (std::uint64_t seed = options_.first; Clock::now() < deadline && !Interrupt::requested() &&
                                              (!options_.last || seed <= *options_.last);
         seed += kBatch) {
      batch(seed);
    }
    if (terminal_.interactive) fmt::print(stderr, "\r\x1b[2K");
    return conclude();
  }

 private:
  void batch(std::uint64_t first) {
    std::vector<Source> sources;
    for (std::uint64_t seed = first; seed < first + kBatch; ++seed) {
      if (options_.last && seed > *options_.last) break;
      sources.push_back({explore::generate(seed, {options_.families, true}).scenario, seed});
    }
    compare(sources);
  }

  void compare(const std::vector<Source>& sources) {
    std::vector<scenario::Case> cases;
    for (const Source& source : sources) {
      const bool generated = source.path.empty();
      auto loaded = scenario::load_case(
          source.scenario, generated ? "a generated scenario" : source.path, registry_);
      if (!loaded.ok())
        throw Failure(generated ? judge::ExitCode::kHarness : judge::ExitCode::kUsage,
                      loaded.problems[0].to_string());
      cases.push_back(std::move(loaded.cases.front()));
    }
    std::map<std::size_t, explore::Difference> differences;
    differential_.run(
        cases,
        [&](std::size_t index, std::optional<explore::Difference> difference,
            const std::string& why_not) {
          ++done_;
          if (!why_not.empty()) ++not_run_[why_not];
          if (difference) differences.emplace(index, *std::move(difference));
          tick();
        },
        Interrupt::flag());
    for (const auto& [index, difference] : differences)
      confirm(cases[index], sources[index], difference);
  }

  void confirm(const scenario::Case& one, const Source& source,
               const explore::Difference& difference) {
    for (int again = 0; again < kConfirmations; ++again) {
      if (Interrupt::requested()) return;
      bool same_again = false;
      differential_.run(
          {one},
          [&](std::size_t, const std::optional<explore::Difference>& next, const std::string&) {
            same_again = next && next->bucket == difference.bucket;
          },
          Interrupt::flag());
      if (!same_again) {
        ++races_;
        return;
      }
    }
    FoundDifference& found = found_[difference.bucket];
    if (found.count++ > 0) return;
    found.seed = source.seed;
    found.divergence = difference.divergence;
    found.path = source.path;
    if (!found.path.empty()) return;
    found.path = (std::filesystem::path(options_.save) / fmt::format("real-{}.json", source.seed))
                     .generic_string();
    make_folder(options_.save);
    Json scenario = source.scenario;
    scenario["found"] = {
        {"bucket", difference.bucket}, {"target", options_.target}, {"seed", source.seed}};
    write_file(found.path, scenario.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
  }

  void tick() const {
    if (terminal_.interactive)
      fmt::print(stderr, "\r\x1b[2K{} scenarios  {} differences  {} races", done_, found_.size(),
                 races_);
  }

  judge::ExitCode conclude() const {
    std::uint64_t not_run = 0;
    for (const auto& [why, count] : not_run_) not_run += count;
    if (options_.json) {
      Json list = Json::array();
      for (const auto& [bucket, found] : found_) {
        list.push_back({{"bucket", bucket},
                        {"count", found.count},
                        {"seed", found.seed},
                        {"file", found.path},
                        {"divergence", judge::to_json(found.divergence)}});
      }
      fmt::print(
          "{}\n",
          Json{{"scenarios", done_}, {"notRun", not_run}, {"races", races_}, {"differences", list}}
              .dump(2, ' ', false, Json::error_handler_t::replace));
    } else {
      show(not_run);
    }
    if (done_ == not_run) return judge::ExitCode::kTarget;
    return found_.empty() ? judge::ExitCode::kConformant : judge::ExitCode::kNotConformant;
  }

  void show(std::uint64_t not_run) const {
    const report::Terminal terminal = report::Terminal::of(stdout);
    fmt::print("{} scenarios on the model and on {}; {} differed once and not again\n", done_,
               options_.target, races_);
    if (not_run > 0) fmt::print("{} could not be run:\n", not_run);
    for (const auto& [why, count] : not_run_) fmt::print("  {}  {}\n", count, why);
    for (const auto& [bucket, found] : found_) {
      fmt::print("\n{}  ({} times)\n{}", terminal.paint(report::Colour::kBold, bucket), found.count,
                 report::divergence_text(found.divergence, registry_, terminal));
      fmt::print("  reproduce: torpor shrink {} --target {}\n", shell_word(found.path),
                 options_.target);
    }
    if (found_.empty()) fmt::print("no difference\n");
  }

  const RealExploration& options_;
  const statements::Registry& registry_;
  explore::Differential differential_;
  std::uint64_t done_ = 0;
  std::uint64_t races_ = 0;
  std::map<std::string, std::uint64_t> not_run_;
  std::map<std::string, FoundDifference> found_;
  report::Terminal terminal_ = report::Terminal::of(stderr);
};

}  // namespace

judge::ExitCode explore_real(const RealExploration& options, const statements::Registry& registry) {
  try {
    return RealExplorer(options, registry).run();
  } catch (const targets::TargetError& error) {
    throw Failure(error.usage ? judge::ExitCode::kUsage : judge::ExitCode::kTarget, error.what());
  }
}

}  // namespace torpor::tool
