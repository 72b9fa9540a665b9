#include "reference-server/serve/serve.h"

#include <fmt/format.h>

#include "conformance/scenario/problem.h"
#include "conformance/wrangler/configuration.h"
#include "core/compat/flags.h"
#include "reference-server/fixture/fixture_app.h"
#include "reference-server/samples/samples.h"
#include "tools/torpor/command.h"
#include "tools/torpor/platform_options.h"

namespace torpor::tool {
namespace {

constexpr const char* kFixture = "fixture";

struct ServeVerbOptions {
  std::string app = kFixture;
  std::string profile = "parity";
  std::string date = "2026-11-01";
  std::vector<std::string> flags;
  std::vector<std::string> sets;
  std::string wrangler;
  std::string storage;
  int port = 0;
  server::ServeOptions driver;
};

std::vector<std::string> app_names() {
  std::vector<std::string> names = {kFixture};
  for (const server::samples::Sample& sample : server::samples::all_samples())
    names.emplace_back(sample.name);
  return names;
}

std::string app_list() {
  std::string out = fmt::format("  {:<18}the fixture of the conformance contract\n", kFixture);
  for (const server::samples::Sample& sample : server::samples::all_samples()) {
    out += fmt::format("  {:<18}{}\n", sample.name, sample.what);
  }
  return out;
}

std::unique_ptr<server::App> make_app(const ServeVerbOptions& options) {
  if (options.app == kFixture)
    return server::fixture::make_fixture_app({options.date, options.flags});
  for (const server::samples::Sample& sample : server::samples::all_samples()) {
    if (sample.name == options.app) return sample.make();
  }
  usage_failure(fmt::format("unknown app {}", scenario::not_one_of(options.app, app_names())));
}

compat::Flags flags_of(const ServeVerbOptions& options) {
  auto resolved = compat::resolve_flags(options.date, options.flags);
  if (auto* error = std::get_if<compat::FlagError>(&resolved)) usage_failure(error->message);
  return std::get<compat::Flags>(resolved);
}

// What the configuration says holds where nothing was written for it on the command line.
void take_wrangler(const CLI::App& verb, ServeVerbOptions& options) {
  if (options.wrangler.empty()) return;
  const wrangler::Loaded loaded = wrangler::load_configuration(options.wrangler);
  if (!loaded.configuration) {
    std::string problems;
    for (const scenario::Problem& problem : loaded.problems)
      problems += (problems.empty() ? "" : "\n") + problem.to_string();
    usage_failure(problems);
  }
  if (verb.count("--app") == 0) options.app = loaded.configuration->name;
  if (verb.count("--compatibility-date") == 0)
    options.date = loaded.configuration->compatibility_date;
  if (verb.count("--flag") == 0) options.flags = loaded.configuration->compatibility_flags;
}

judge::ExitCode serve(const CLI::App& verb, ServeVerbOptions options) {
  take_wrangler(verb, options);
  server::ServerOptions server;
  server.parameters = parameters_with(profile_from(options.profile), options.sets);
  server.flags = flags_of(options);
  server.app = make_app(options);
  server.storage_folder = options.storage;
  options.driver.port = static_cast<std::uint16_t>(options.port);
  options.driver.on_listening = [&](std::uint16_t port) {
    fmt::print("listening on {}:{}\n", options.driver.host, port);
    std::fflush(stdout);
  };
  try {
    server::serve(std::move(server), options.driver);
  } catch (const std::runtime_error& error) {
    usage_failure(error.what());
  }
  return judge::ExitCode::kConformant;
}

}  // namespace

void add_serve(CLI::App& app, Chosen& chosen) {
  auto options = std::make_shared<ServeVerbOptions>();
  CLI::App* verb = app.add_subcommand("serve", "Serve the reference server on TCP");
  verb->add_option("--app", options->app, "What to serve; the list is below")
      ->type_name("NAME")
      ->capture_default_str();
  verb->add_option("--host", options->driver.host, "Address to listen on")->capture_default_str();
  verb->add_option("--port", options->port, "Port to listen on; 0: any free one")
      ->check(CLI::Range(0, 65535))
      ->capture_default_str();
  verb->add_option("--profile", options->profile, "documented, parity or rfc6455")
      ->capture_default_str();
  verb->add_option("--compatibility-date", options->date, "YYYY-MM-DD")->capture_default_str();
  verb->add_option("--flag", options->flags, "A compatibility flag, beside those of the date")
      ->allow_extra_args(false);
  verb->add_option("--wrangler", options->wrangler,
                   "A Wrangler configuration: the app of its name, its date and its flags; --app, "
                   "--compatibility-date and --flag go before what it says")
      ->type_name("FILE");
  verb->add_option("--storage", options->storage,
                   "Folder in which objects keep what they store, alarms too; otherwise in memory")
      ->type_name("DIR");
  add_set_option(*verb, options->sets);
  verb->footer(
      fmt::format("Apps:\n{}Stops on SIGTERM and SIGINT, with 0.\nExample:\n  torpor serve --app "
                  "{} --port 8787",
                  app_list(), app_names().back()));
  verb->callback([options, verb, &chosen] {
    chosen.run = [options, verb] { return serve(*verb, *options); };
  });
}

}  // namespace torpor::tool
