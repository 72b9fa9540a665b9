#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <filesystem>

#include "conformance/scenario/problem.h"
#include "core/object/js_error.h"
#include "tools/torpor/command.h"
#include "tools/torpor/interrupt.h"

namespace torpor::tool {
namespace {

constexpr const char* kFooter =
    "Targets: sim (the reference model), workerd, workerd@VERSION, tcp://HOST:PORT.\n"
    "Exit codes: 0 conformant, 1 not conformant, 2 usage or bad input or nothing selected,\n"
    "  3 target unreachable or died, 4 harness error or unknown verdict, 5 incomplete; 130 and "
    "143: interrupted.\n"
    "Example:\n  torpor certify sim workerd --profile parity --html report.html";

std::vector<std::string> verbs_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* verb : app.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(verb->get_name());
  return names;
}

// The first argument when it should have been a verb and is none.
const char* unknown_verb(const CLI::App& app, int argc, char** argv) {
  if (argc < 2 || argv[1][0] == '-') return nullptr;
  for (const std::string& name : verbs_of(app)) {
    if (name == argv[1]) return nullptr;
  }
  return argv[1];
}

int usage(const std::string& message) {
  fmt::print(stderr, "torpor: {}\n", message);
  return static_cast<int>(judge::ExitCode::kUsage);
}

int perform(const Action& action) {
  try {
    int exit = static_cast<int>(action());
    return Interrupt::requested() ? Interrupt::exit_code() : exit;
  } catch (const Failure& failure) {
    fmt::print(stderr, "torpor: {}\n", failure.what());
    return static_cast<int>(failure.exit());
  } catch (const std::filesystem::filesystem_error& error) {
    fmt::print(stderr, "torpor: {}: {}\n", error.path1().string(), error.code().message());
    return static_cast<int>(judge::ExitCode::kUsage);
  } catch (const object::JsError& error) {
    fmt::print(stderr, "torpor: harness error: {}\n", error.message);
    return static_cast<int>(judge::ExitCode::kHarness);
  } catch (const std::exception& error) {
    fmt::print(stderr, "torpor: harness error: {}\n", error.what());
    return static_cast<int>(judge::ExitCode::kHarness);
  }
}

int run(int argc, char** argv) {
  CLI::App app("Conformance tests and a deterministic simulation for WebSockets on Durable Objects",
               "torpor");
  Chosen chosen;
  app.set_version_flag("--version", fmt::format("torpor {}", kVersion));
  app.require_subcommand(1);
  app.footer(kFooter);
  add_certify(app, chosen);
  add_run(app, chosen);
  add_record(app, chosen);
  add_replay(app, chosen);
  add_list(app, chosen);
  add_explain(app, chosen);
  add_coverage(app, chosen);
  add_report(app, chosen);
  add_compare(app, chosen);
  add_probe(app, chosen);
  add_explore(app, chosen);
  add_shrink(app, chosen);
  add_bisect(app, chosen);
  add_outcomes(app, chosen);
  add_merge(app, chosen);
  add_mutants(app, chosen);
  add_serve(app, chosen);
  add_bench(app, chosen);
  if (const char* wrong = unknown_verb(app, argc, argv)) {
    return usage(fmt::format("unknown verb {}", scenario::not_one_of(wrong, verbs_of(app))));
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {
    return app.exit(success);  // --help and --version
  } catch (const CLI::ParseError& error) {
    return usage(fmt::format("{}\nRun `torpor{} --help` for the options and an example.",
                             error.what(),
                             argc > 1 && argv[1][0] != '-' ? fmt::format(" {}", argv[1]) : ""));
  }
  return perform(chosen.run);
}

}  // namespace
}  // namespace torpor::tool

int main(int argc, char** argv) {
  const int exit = torpor::tool::run(argc, argv);
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return exit;
  fmt::print(stderr, "torpor: standard output could not be written: {}\n", std::strerror(errno));
  return static_cast<int>(torpor::judge::ExitCode::kHarness);
}
