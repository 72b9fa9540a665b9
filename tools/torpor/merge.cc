// Puts the results of shards and machines together.
#include <fmt/format.h>

#include <filesystem>

#include "conformance/explore/store.h"
#include "tools/torpor/command.h"
#include "tools/torpor/exploration.h"

namespace torpor::tool {
namespace {

struct MergeOptions {
  std::vector<std::string> files;
  std::string output;
  bool json = false;
};

judge::ExitCode merge(const MergeOptions& options) {
  for (const std::string& file : options.files) {
    if (!std::filesystem::exists(file)) usage_failure(fmt::format("{}: no such file", file));
  }
  try {
    explore::Store all(options.output);
    std::vector<std::string> problems;
    for (const std::string& file : options.files) {
      explore::Store one(file, true);
      for (std::string& problem : all.merge(one))
        problems.push_back(fmt::format("{}: {}", file, problem));
    }
    bool found = false;
    Json campaigns = Json::array();
    const report::Terminal terminal = report::Terminal::of(stdout);
    for (const auto& [id, settings] : all.campaigns()) {
      found = found || !all.buckets(id).empty();
      Json json = campaign_json(all, id);
      json["settings"] = parse_json_or_null(settings);
      campaigns.push_back(std::move(json));
      if (!options.json)
        fmt::print("campaign    {}\n{}", settings, campaign_text(all, id, terminal));
    }
    if (options.json)
      fmt::print("{}\n", Json{{"campaigns", campaigns}, {"differences", problems}}.dump(2));
    for (const std::string& problem : problems) {
      if (!options.json) fmt::print("not deterministic: {}\n", problem);
    }
    return found || !problems.empty() ? judge::ExitCode::kNotConformant
                                      : judge::ExitCode::kConformant;
  } catch (const explore::StoreError& error) {
    usage_failure(error.what());
  }
}

}  // namespace

void add_merge(CLI::App& app, Chosen& chosen) {
  auto options = std::make_shared<MergeOptions>();
  CLI::App* verb = app.add_subcommand("merge", "Put the results of several explorations together");
  verb->add_option("file", options->files, "Results of torpor explore --db")
      ->required()
      ->type_name("FILE");
  verb->add_option("-o,--output", options->output,
                   "Where the results go; without it they are only shown")
      ->type_name("FILE");
  verb->add_flag("--json", options->json, "As JSON on standard output");
  verb->footer(
      "The same seeds give the same digest, however they were spread over jobs, shards and runs.\n"
      "Exit codes: 0 nothing found in any, 1 something found, or one seed came to two ends.\n"
      "Example:\n  torpor merge shard-*.sqlite -o all.sqlite");
  verb->callback([options, &chosen] { chosen.run = [options] { return merge(*options); }; });
}

}  // namespace torpor::tool
