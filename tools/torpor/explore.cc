// Looks for what nobody wrote a case for: scenarios from seeds, judged by what must always hold.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <set>
#include <thread>

#include "conformance/explore/campaign.h"
#include "conformance/explore/faults.h"
#include "conformance/explore/needed.h"
#include "conformance/scenario/loader.h"
#include "core/mutants.h"
#include "tools/torpor/catalogue.h"
#include "tools/torpor/command.h"
#include "tools/torpor/exploration.h"
#include "tools/torpor/explore_exhaustive.h"
#include "tools/torpor/explore_real.h"
#include "tools/torpor/files.h"
#include "tools/torpor/interrupt.h"
#include "tools/torpor/targets.h"

namespace torpor::tool {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kResultsPerCommit = 500;
constexpr std::uint64_t kSeedMax = std::uint64_t{1} << 62;

struct ExploreOptions {
  std::vector<std::string> files;
  std::string target = "sim";
  std::string seeds;
  std::string from;
  std::string budget;
  std::size_t jobs = 0;
  std::string shard = "1/1";
  std::string db;
  std::string save = "torpor-failures";
  bool once = false;
  std::optional<std::size_t> exhaustive;
  std::uint64_t runs = 1'000'000;
  std::vector<std::string> families;
  std::vector<std::string> without;
  ExplorationSettings settings;
  CatalogueOptions catalogue;
  bool json = false;
};

std::uint64_t number(const std::string& text, const std::string& what) {
  std::size_t used = 0;
  std::uint64_t value = 0;
  try {
    value = std::stoull(text, &used);
  } catch (const std::exception&) {
    used = 0;
  }
  if (used == 0 || used != text.size() || text[0] == '-' || value > kSeedMax)
    usage_failure(fmt::format("{} is no whole number in {}", shell_word(text), what));
  return value;
}

// "90", "90s", "10m", "2h".
std::chrono::milliseconds duration(const std::string& text) {
  const std::string unit = text.empty() ? "" : text.substr(text.size() - 1);
  const bool has_unit = unit == "s" || unit == "m" || unit == "h";
  const auto count = number(has_unit ? text.substr(0, text.size() - 1) : text, "--budget");
  const std::uint64_t seconds = count * (unit == "m" ? 60 : unit == "h" ? 3600 : 1);
  if (seconds == 0) usage_failure("--budget must be more than nothing: 60s, 10m, 2h");
  return std::chrono::seconds(seconds);
}

// The first 60 bits of a hash, such as that of a commit: seeds that are new with every commit.
std::uint64_t seed_from(const std::string& hash) {
  constexpr std::size_t kDigits = 15;
  const std::string digits = hash.substr(0, kDigits);
  if (digits.empty() || digits.find_first_not_of("0123456789abcdefABCDEF") != std::string::npos)
    usage_failure(fmt::format("--from {} is no hash in hexadecimal", shell_word(hash)));
  return std::stoull(digits, nullptr, 16);
}

void read_seeds(const ExploreOptions& options, explore::CampaignOptions& campaign) {
  if (!options.from.empty()) campaign.first = seed_from(options.from);
  if (options.seeds.empty()) return;
  const auto dots = options.seeds.find("..");
  if (dots == std::string::npos) {
    campaign.first = number(options.seeds, "--seeds");
    campaign.last = campaign.first;
    return;
  }
  campaign.first = number(options.seeds.substr(0, dots), "--seeds");
  campaign.last = number(options.seeds.substr(dots + 2), "--seeds");
  if (*campaign.last < campaign.first) usage_failure("--seeds: the last is before the first");
}

void read_shard(const ExploreOptions& options, explore::CampaignOptions& campaign) {
  const auto slash = options.shard.find('/');
  if (slash == std::string::npos) usage_failure("--shard is I/N, such as 2/8");
  const auto shard = number(options.shard.substr(0, slash), "--shard");
  campaign.shards = number(options.shard.substr(slash + 1), "--shard");
  if (shard == 0 || shard > campaign.shards) usage_failure("--shard is I/N with I from 1 to N");
  campaign.shard = shard - 1;
}

void check_families(const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    if (explore::family_named(name)) continue;
    usage_failure(fmt::format("unknown family {}; known: {}", shell_word(name),
                              fmt::join(explore::all_family_names(), ", ")));
  }
}

explore::CampaignOptions campaign_of(const ExploreOptions& options) {
  explore::CampaignOptions campaign;
  campaign.evaluate = evaluate_options(options.settings);
  campaign.mutant = options.settings.mutant;
  if (options.once) campaign.evaluate.twice = campaign.evaluate.judge = false;
  read_seeds(options, campaign);
  read_shard(options, campaign);
  if (!options.budget.empty()) campaign.budget = duration(options.budget);
  if (!campaign.last && !campaign.budget) campaign.budget = std::chrono::seconds(60);
  campaign.jobs =
      options.jobs > 0 ? options.jobs : std::max(1u, std::thread::hardware_concurrency());
  check_families(options.families);
  check_families(options.without);
  const auto chosen = options.families.empty() ? explore::all_family_names() : options.families;
  for (const std::string& name : chosen) {
    if (std::find(options.without.begin(), options.without.end(), name) == options.without.end())
      campaign.generator.families.push_back(name);
  }
  return campaign;
}

// Two campaigns with the same text may be put together: the same seed is the same run.
std::string settings_text(const explore::CampaignOptions& campaign,
                          const ExplorationSettings& settings) {
  return Json{{"generator", explore::kGeneratorVersion}, {"torpor", kVersion},
              {"families", campaign.generator.families}, {"sets", settings.sets},
              {"once", !campaign.evaluate.judge},        {"mutant", settings.mutant}}
      .dump();
}

class Explore {
 public:
  explicit Explore(const ExploreOptions& options)
      : options_(options),
        campaign_(campaign_of(options)),
        registry_(load_statements(options.catalogue)),
        store_(options.db) {}

  judge::ExitCode run() {
    if (campaign_.evaluate.judge && campaign_.mutant.empty()) look_for_canaries();
    id_ = store_.campaign(settings_text(campaign_, options_.settings));
    campaign_.known = store_.seeds(id_);
    before_ = campaign_.known.size();
    Interrupt interrupt;
    explore::CampaignEvents events;
    events.result = [&](const explore::SeedResult& result) { take(result); };
    events.idle = [&] { tick(); };
    const bool complete = explore::run_campaign(campaign_, registry_, events, Interrupt::flag());
    keep();
    erase_line();
    return conclude(complete);
  }

 private:
  void look_for_canaries() const {
    const auto missed = explore::missed_canaries(campaign_, registry_);
    if (missed.empty()) return;
    throw Failure(judge::ExitCode::kHarness,
                  fmt::format("void: the properties did not notice {}", fmt::join(missed, ", ")));
  }

  void take(const explore::SeedResult& result) {
    waiting_.push_back(result);
    ++done_;
    exercised_.insert(result.exercised.begin(), result.exercised.end());
    if (!result.passed()) {
      ++failed_;
      if (buckets_.insert(result.bucket).second) save(result);
    }
    if (waiting_.size() >= kResultsPerCommit || !result.passed()) keep();
    tick();
  }

  // Many at once, and the file is free for others in between.
  void keep() {
    store_.begin();
    for (const explore::SeedResult& result : waiting_) {
      if (auto problem = store_.add(id_, result)) differences_.push_back(*problem);
    }
    store_.commit();
    waiting_.clear();
  }

  // The first of its kind, as a file that shows it again.
  void save(const explore::SeedResult& result) {
    make_folder(options_.save);
    std::string name = fmt::format("seed-{}.json", result.seed);
    const std::string path = (std::filesystem::path(options_.save) / name).generic_string();
    Json scenario = result.scenario;
    scenario["found"] = {{"bucket", result.bucket},
                         {"message", result.message},
                         {"statements", result.statements},
                         {"families", result.families},
                         {"seed", result.seed},
                         {"generator", explore::kGeneratorVersion}};
    write_file(path, scenario.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
    files_.emplace_back(result, path);
  }

  void tick() {
    if (!terminal_.interactive) return;
    const auto now = Clock::now();
    if (shown_ && now - drawn_ < std::chrono::milliseconds(200)) return;
    drawn_ = now;
    shown_ = true;
    const double seconds = std::chrono::duration<double>(now - begun_).count();
    fmt::print(stderr, "\r\x1b[2K{} seeds  {:.0f}/s  {} statements  {} failures in {} buckets",
               done_, static_cast<double>(done_) / std::max(seconds, 0.001), exercised_.size(),
               failed_, buckets_.size());
    std::fflush(stderr);
  }

  void erase_line() {
    if (shown_) fmt::print(stderr, "\r\x1b[2K");
  }

  judge::ExitCode conclude(bool complete) {
    const bool good = failed_ == 0 && differences_.empty() && store_.buckets(id_).empty();
    if (options_.json) {
      Json json = campaign_json(store_, id_);
      json["complete"] = complete;
      json["ranNow"] = done_;
      json["differences"] = differences_;
      fmt::print("{}\n", json.dump(2, ' ', false, Json::error_handler_t::replace));
    } else {
      show(complete);
    }
    if (!good) return judge::ExitCode::kNotConformant;
    return judge::ExitCode::kConformant;
  }

  void show(bool complete) {
    const report::Terminal terminal = report::Terminal::of(stdout);
    if (before_ > 0) fmt::print("known       {} seeds were in {} already\n", before_, options_.db);
    fmt::print("{}", campaign_text(store_, id_, terminal));
    for (const std::string& difference : differences_)
      fmt::print("not deterministic: {}\n", difference);
    for (const auto& [result, path] : files_) {
      fmt::print("\n{}\n  {}\n  faults that were on: {}\n", result.bucket, result.message,
                 named(result.families));
      fmt::print("  needed, each by itself: {}\n", named(needed_by(result)));
      fmt::print("  reproduce: torpor explore {}{}\n  minimise:  torpor shrink {}{}\n",
                 shell_word(path), exploration_arguments(options_.settings), shell_word(path),
                 exploration_arguments(options_.settings));
    }
    if (!complete) fmt::print("interrupted: {} results are kept\n", store_.count(id_));
    if (!options_.db.empty()) fmt::print("results     {}\n", options_.db);
  }

  static std::string named(const std::vector<std::string>& families) {
    return families.empty() ? "none" : fmt::format("{}", fmt::join(families, ", "));
  }

  // Not of what takes its process with it, or never ends.
  std::vector<std::string> needed_by(const explore::SeedResult& result) const {
    if (result.verdict != "fail") return result.families;
    const auto* mutant = mutants::find(options_.settings.mutant);
    const mutants::Planted planted(mutant ? mutant->mutant : mutants::Mutant::kNone);
    return explore::needed_families(result.scenario, [&](const Json& candidate) {
      const auto loaded = scenario::load_case(candidate, "candidate", registry_);
      if (!loaded.ok()) return false;
      return explore::evaluate(loaded.cases.front(), campaign_.evaluate, Interrupt::flag())
                 .bucket() == result.bucket;
    });
  }

  const ExploreOptions& options_;
  explore::CampaignOptions campaign_;
  statements::Registry registry_;
  explore::Store store_;
  std::vector<explore::SeedResult> waiting_;  // to be kept
  std::int64_t id_ = 0;
  std::size_t before_ = 0;
  std::uint64_t done_ = 0;
  std::uint64_t failed_ = 0;
  std::set<std::string> exercised_;
  std::set<std::string> buckets_;
  std::vector<std::string> differences_;
  std::vector<std::pair<explore::SeedResult, std::string>> files_;
  report::Terminal terminal_ = report::Terminal::of(stderr);
  Clock::time_point begun_ = Clock::now();
  Clock::time_point drawn_{};
  bool shown_ = false;
};

// Scenario files instead of seeds.
judge::ExitCode explore_files(const ExploreOptions& options) {
  const auto registry = load_statements(options.catalogue);
  const auto evaluating = evaluate_options(options.settings);
  const auto* mutant = mutants::find(options.settings.mutant);
  const report::Terminal terminal = report::Terminal::of(stdout);
  Interrupt interrupt;
  bool good = true;
  for (const std::string& path : options.files) {
    const scenario::Case one = case_of(read_scenario(path), path, registry);
    const mutants::Planted planted(mutant ? mutant->mutant : mutants::Mutant::kNone);
    const explore::Evaluation evaluation = explore::evaluate(one, evaluating, Interrupt::flag());
    if (Interrupt::requested()) return judge::ExitCode::kIncomplete;
    good = good && evaluation.good();
    fmt::print("{}  {}\n", evaluation.good() ? "pass" : "fail", path);
    fmt::print("{}digest    {}\n", finding_text(evaluation, registry, terminal), evaluation.digest);
  }
  return good ? judge::ExitCode::kConformant : judge::ExitCode::kNotConformant;
}

judge::ExitCode explore_target(const ExploreOptions& options) {
  check_target(options.target);
  const explore::CampaignOptions campaign = campaign_of(options);
  RealExploration real{.target = options.target,
                       .first = campaign.first,
                       .last = campaign.last,
                       .budget = campaign.budget,
                       .save = options.save,
                       .files = options.files,
                       .families = campaign.generator.families,
                       .json = options.json};
  return explore_real(real, load_statements(options.catalogue));
}

judge::ExitCode exhaustive_verb(const ExploreOptions& options) {
  if (options.files.empty() || !is_simulated(options.target))
    usage_failure("--exhaustive goes through the runs of scenario files on sim: name some");
  check_families(options.families);
  ExhaustiveExploration exhaustive{.files = options.files,
                                   .deviations = *options.exhaustive,
                                   .runs = options.runs,
                                   .families = options.families,
                                   .save = options.save,
                                   .settings = options.settings,
                                   .json = options.json};
  return explore_exhaustively(exhaustive, load_statements(options.catalogue));
}

judge::ExitCode explore_verb(const ExploreOptions& options) {
  if (options.exhaustive) return exhaustive_verb(options);
  if (!is_simulated(options.target)) return explore_target(options);
  try {
    return options.files.empty() ? Explore(options).run() : explore_files(options);
  } catch (const explore::StoreError& error) {
    usage_failure(error.what());
  }
}

std::string footer() {
  std::string text = "Families of faults, each on in some seeds:\n";
  for (const explore::Family& family : explore::families())
    text += fmt::format("  {:<16} {}\n", family.name, family.what);
  return text +
         "Each seed is run twice, and the two runs must be the same. Exit codes: 0 nothing found\n"
         "  (also when the budget is used up), 1 something found, 2 usage, 4 void,\n"
         "  5 --exhaustive did not come to its end.\n"
         "Example:\n  torpor explore --budget 10m --db results.sqlite\n"
         "  torpor explore --seeds 1..100000 --jobs 8 --shard 2/4 --db shard-2.sqlite\n"
         "  torpor explore --target workerd --budget 10m\n"
         "  torpor explore --target workerd torpor-failures/real-17.json\n"
         "  torpor explore torpor-failures/seed-17.json\n"
         "  torpor explore small.json --exhaustive 2 --family order --family crash";
}

}  // namespace

void add_explore(CLI::App& app, Chosen& chosen) {
  auto options = std::make_shared<ExploreOptions>();
  CLI::App* verb = app.add_subcommand(
      "explore", "Run scenarios that nobody wrote, and look for what must never be");
  verb->add_option("file", options->files, "Scenario files to look at instead of seeds")
      ->type_name("FILE");
  verb->add_option("--target", options->target,
                   "A real server: each scenario is run on it and on the model, and what differs "
                   "is told")
      ->type_name("TARGET")
      ->capture_default_str();
  verb->add_option("--seeds", options->seeds, "A..B, both included, or one seed")
      ->type_name("A..B");
  verb->add_option("--from", options->from,
                   "Begin at a hash, such as that of the commit that is tested")
      ->type_name("HASH");
  verb->add_option("--budget", options->budget,
                   "How long: 60s (the default without --seeds), 10m, 2h")
      ->type_name("TIME");
  verb->add_option("--jobs", options->jobs, "Processes; 0: one for each core")
      ->capture_default_str();
  verb->add_option("--shard", options->shard, "Only the I-th of N parts of the seeds")
      ->type_name("I/N")
      ->capture_default_str();
  verb->add_option("--db", options->db,
                   "Keep results here (SQLite); seeds that are there already are not run again")
      ->type_name("FILE");
  verb->add_option("--save", options->save, "Folder for one scenario of each kind of failure")
      ->type_name("DIR")
      ->capture_default_str();
  verb->add_option("--family", options->families, "Only these families of faults")
      ->type_name("NAME");
  verb->add_option("--without", options->without, "All families of faults but these")
      ->type_name("NAME");
  verb->add_flag("--once", options->once,
                 "Run each seed once, and judge nothing: for digests that are compared between "
                 "builds");
  verb->add_option("--exhaustive", options->exhaustive,
                   "Of each FILE every run in which at most N choices are not the uneventful ones: "
                   "orders of one instant, and faults of the families")
      ->type_name("N");
  verb->add_option("--runs", options->runs, "With --exhaustive: at most so many")
      ->capture_default_str();
  add_exploration_options(*verb, options->settings);
  add_source_options(*verb, options->catalogue);
  verb->add_flag("--json", options->json, "The end result as JSON on standard output");
  verb->footer(footer());
  verb->callback([options, &chosen] { chosen.run = [options] { return explore_verb(*options); }; });
}

}  // namespace torpor::tool
