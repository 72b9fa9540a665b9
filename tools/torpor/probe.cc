#include <fmt/format.h>

#include "tools/torpor/command.h"
#include "tools/torpor/targets.h"

namespace torpor::tool {

void add_probe(CLI::App& app, Chosen& chosen) {
  auto target = std::make_shared<std::string>();
  CLI::App* verb = app.add_subcommand("probe", "Ask a target what it is and what it can do");
  verb->add_option("target", *target, "sim, workerd, workerd@VERSION or tcp://HOST:PORT")
      ->required()
      ->type_name("TARGET");
  verb->footer("Example:\n  torpor probe tcp://127.0.0.1:8787");
  verb->callback([target, &chosen] {
    chosen.run = [target] {
      check_target(*target);
      targets::Facts facts = probe_target(*target);
      fmt::print("target    {}\nversion   {}\ncontract  {}\nfeatures  {}\n", facts.name,
                 facts.version, facts.contract, fmt::join(facts.features, ", "));
      return judge::ExitCode::kConformant;
    };
  });
}

}  // namespace torpor::tool
