// Computes the permitted outcomes of a case with a race, and asks a real server for its own.
#include "conformance/explore/outcomes.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "conformance/explore/faults.h"
#include "conformance/judge/course.h"
#include "conformance/report/describe.h"
#include "conformance/report/terminal.h"
#include "tools/torpor/catalogue.h"
#include "tools/torpor/command.h"
#include "tools/torpor/explore_exhaustive.h"
#include "tools/torpor/files.h"
#include "tools/torpor/interrupt.h"
#include "tools/torpor/platform_options.h"
#include "tools/torpor/targets.h"

namespace torpor::tool {
namespace {

using explore::CaseOutcome;
using explore::CaseOutcomes;

struct OutcomesOptions {
  std::string what;
  std::size_t exhaustive = 2;
  std::uint64_t runs = 20'000;
  std::vector<std::string> families;
  std::string target;
  std::size_t repeat = 20;
  std::string profile = "parity";
  std::vector<std::string> sets;
  std::string output;
  CatalogueOptions catalogue;
  bool json = false;
};

// What differs between two runs of a race: the order of an instant, and how long octets travel.
const std::vector<std::string> kRaceFamilies = {"order", "latency"};

class Outcomes {
 public:
  explicit Outcomes(const OutcomesOptions& options) : options_(options) {}

  judge::ExitCode run() {
    select_case();
    if (!options_.target.empty()) check_target(options_.target);
    Interrupt interrupt;
    compute();
    if (Interrupt::requested()) return judge::ExitCode::kIncomplete;
    if (!options_.target.empty()) ask_target();
    if (options_.json) {
      fmt::print("{}\n", json().dump(2, ' ', false, Json::error_handler_t::replace));
    } else {
      show();
    }
    if (!options_.output.empty()) write();
    if (!outside_.empty()) return judge::ExitCode::kNotConformant;
    if (!trouble_.empty() || Interrupt::requested()) return judge::ExitCode::kHarness;
    return outcomes_.runs.complete ? judge::ExitCode::kConformant : judge::ExitCode::kIncomplete;
  }

 private:
  void select_case() {
    for (const std::string& name : options_.families) {
      const explore::Family* family = explore::family_named(name);
      if (family == nullptr || family->apply == nullptr)
        usage_failure(
            fmt::format("--family {}: no family of faults of the network or of objects; "
                        "`torpor explore --help` lists them",
                        shell_word(name)));
    }
    CatalogueOptions source = options_.catalogue;
    if (std::filesystem::exists(options_.what)) {
      source.paths = {options_.what};
    } else {
      source.ids = {options_.what};
    }
    const Catalogue catalogue = load_catalogue(source);
    auto cases =
        applicable(tool::select(catalogue.cases, source), {profile_from(options_.profile)});
    if (cases.size() != 1) {
      std::vector<std::string> ids;
      for (const scenario::Case& one : cases) ids.push_back(one.id);
      usage_failure(fmt::format("{} is {} cases; name one: {}", options_.what, cases.size(),
                                fmt::join(ids, ", ")));
    }
    case_ = std::move(cases.front());
    asked_ = case_;
    // Those that it has now are what is to be found.
    asked_.outcomes.clear();
    make_exhaustible(case_, options_.families, kRaceFamilies);
  }

  void compute() {
    explore::ExhaustiveOptions exhaustive;
    exhaustive.deviations_max = options_.exhaustive;
    exhaustive.runs_max = options_.runs;
    const report::Terminal terminal = report::Terminal::of(stderr);
    exhaustive.progress = [&](std::uint64_t runs, std::uint64_t known) {
      if (terminal.interactive && runs % 50 == 0)
        fmt::print(stderr, "\r\x1b[2K{} runs of {} so far", runs, known);
    };
    outcomes_ =
        explore::outcomes_of(case_, parameters_with(profile_from(options_.profile), options_.sets),
                             exhaustive, Interrupt::flag());
    if (terminal.interactive) fmt::print(stderr, "\r\x1b[2K");
    seen_.resize(outcomes_.all.size());
  }

  // A real server's outcome is to be one of them, each time.
  void ask_target() {
    const std::vector<scenario::Case> cases(options_.repeat, asked_);
    RunEvents events;
    events.finished = [&](const scenario::Case&, const Observation& observation) {
      if (!observation.trace) {
        trouble_ = why_none(observation);
        return;
      }
      const Json course = judge::course_of(*observation.trace);
      const auto& all = outcomes_.all;
      const auto known = std::find_if(all.begin(), all.end(),
                                      [&](const CaseOutcome& one) { return one.course == course; });
      if (known == all.end()) {
        ++outside_[course.dump(-1, ' ', false, Json::error_handler_t::replace)];
      } else {
        ++seen_[static_cast<std::size_t>(known - all.begin())];
      }
    };
    RunSettings settings;
    settings.jobs = 1;
    run_cases(options_.target, profile_from(options_.profile), cases, settings, events);
  }

  Json json() const {
    Json list = Json::array();
    for (std::size_t i = 0; i < outcomes_.all.size(); ++i) {
      const CaseOutcome& one = outcomes_.all[i];
      list.push_back({{"course", one.course},
                      {"runs", one.runs},
                      {"choices", sim::to_json(one.choices)},
                      {"seen", seen_[i]}});
    }
    Json outside = Json::array();
    for (const auto& [course, count] : outside_)
      outside.push_back({{"course", Json::parse(course)}, {"seen", count}});
    return {{"case", case_.id},
            {"runs", outcomes_.runs.total()},
            {"byDeviations", outcomes_.runs.runs},
            {"complete", outcomes_.runs.complete},
            {"notEnded", outcomes_.not_ended},
            {"target", options_.target},
            {"outcomes", list},
            {"outside", outside}};
  }

  void show() const {
    fmt::print("{}: {} outcomes in {} runs{}\n", case_.id, outcomes_.all.size(),
               outcomes_.runs.total(),
               outcomes_.runs.complete ? "" : " (not all: interrupted, or more --runs are needed)");
    for (std::size_t i = 0; i < outcomes_.all.size(); ++i) {
      const CaseOutcome& one = outcomes_.all[i];
      fmt::print("\n{}  in {} runs, with {} choices that are not the uneventful ones", i + 1,
                 one.runs, one.choices.size());
      if (!options_.target.empty()) fmt::print("; {} times on {}", seen_[i], options_.target);
      fmt::print("\n");
      show_course(one.course, i == 0 ? nullptr : &outcomes_.all.front().course);
    }
    for (const std::string& why : outcomes_.not_ended) fmt::print("not ended: {}\n", why);
    for (const auto& [course, count] : outside_) {
      fmt::print("\n{} {} times, and none of them:\n", options_.target, count);
      show_course(Json::parse(course), &outcomes_.all.front().course);
    }
    if (!trouble_.empty()) fmt::print("{}: {}\n", options_.target, trouble_);
  }

  // Of all outcomes but the first only the lanes that are not as in it.
  static void show_course(const Json& course, const Json* first) {
    for (const auto& [lane, events] : course.items()) {
      if (first != nullptr && first->value(lane, Json()) == events) continue;
      std::vector<std::string> texts;
      for (const Json& event : events)
        texts.push_back(report::printable(report::describe_got(event)));
      fmt::print("   {}: {}\n", lane, fmt::join(texts, " | "));
    }
  }

  // Each outcome on a line of its own.
  void write() const {
    Json source = case_.source;
    source.erase("outcomes");
    std::string text = source.dump(2, ' ', false, Json::error_handler_t::replace);
    text.erase(text.rfind("\n}"));
    std::vector<std::string> lines;
    for (const CaseOutcome& one : outcomes_.all)
      lines.push_back("    " + one.course.dump(-1, ' ', false, Json::error_handler_t::replace));
    text += fmt::format(",\n  \"outcomes\": [\n{}\n  ]\n}}\n", fmt::join(lines, ",\n"));
    write_file(options_.output, text);
    if (!options_.json) fmt::print("\nwritten: {}\n", options_.output);
  }

  const OutcomesOptions& options_;
  scenario::Case case_;   // varied
  scenario::Case asked_;  // as a real server is asked
  CaseOutcomes outcomes_;
  std::vector<std::uint64_t> seen_;
  std::map<std::string, std::uint64_t> outside_;
  std::string trouble_;
};

}  // namespace

void add_outcomes(CLI::App& app, Chosen& chosen) {
  auto options = std::make_shared<OutcomesOptions>();
  CLI::App* verb = app.add_subcommand(
      "outcomes", "Compute all that can come of a case with a race, and look what a server does");
  verb->add_option("case", options->what, "A scenario file, or the id of a case")
      ->required()
      ->type_name("FILE|ID");
  verb->add_option("--exhaustive", options->exhaustive,
                   "At most so many choices of one run are not the uneventful ones")
      ->type_name("N")
      ->capture_default_str();
  verb->add_option("--runs", options->runs, "At most so many")->capture_default_str();
  verb->add_option("--family", options->families,
                   "What may vary, instead of order and latency (torpor explore --help)")
      ->type_name("NAME");
  verb->add_option("--target", options->target,
                   "A real server, whose outcome must be one of them each time")
      ->type_name("TARGET");
  verb->add_option("--repeat", options->repeat, "How often it is asked")->capture_default_str();
  verb->add_option("--profile", options->profile, "documented, parity or rfc6455")
      ->capture_default_str();
  add_set_option(*verb, options->sets);
  verb->add_option("-o,--output", options->output,
                   "Write the case with its outcomes here: the judge holds every run to them")
      ->type_name("FILE");
  add_source_options(*verb, options->catalogue);
  verb->add_flag("--json", options->json, "The result as JSON on standard output");
  verb->footer(
      "An outcome is what each client received and the object's log, without times. Delays are the "
      "least or the\ngreatest, orders of one instant all there are.\n"
      "Exit codes: 0 complete, 1 the server did something else, 2 usage, 3 target, 4 no answer, 5 "
      "not all runs.\n"
      "Example:\n  torpor outcomes messages/which-first\n"
      "  torpor outcomes messages/which-first --target workerd --repeat 20\n"
      "  torpor outcomes my-race.json -o my-race.json");
  verb->callback(
      [options, &chosen] { chosen.run = [options] { return Outcomes(*options).run(); }; });
}

}  // namespace torpor::tool
