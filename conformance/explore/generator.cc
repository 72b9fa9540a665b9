#include "conformance/explore/generator.h"

#include <algorithm>

#include "conformance/explore/draw.h"
#include "conformance/explore/faults.h"
#include "conformance/explore/outgoing_ops.h"
#include "conformance/explore/program_generator.h"
#include "conformance/explore/socket_ops.h"
#include "conformance/explore/step_generator.h"
#include "sim/oracle.h"

namespace torpor::explore {
namespace {

enum Part : std::uint64_t { kFamilies, kProgram, kSteps, kConfiguration, kSockets, kOutgoing };

// Before the standard socket answers a Close; before it gives Blobs; before reasons were limited
// and deleteAll() took the alarm; before compression. Null: that of a scenario that names none.
const char* date_of(Draw& draw) {
  switch (draw.weighted({52, 30, 7, 7, 4})) {
    case 0:
      return nullptr;
    case 1:
      return "2026-04-06";
    case 2:
      return "2026-03-16";
    case 3:
      return "2026-02-23";
    default:
      return "2023-08-14";
  }
}

}  // namespace

std::vector<std::string> all_family_names() {
  std::vector<std::string> names;
  for (const Family& family : families()) names.emplace_back(family.name);
  return names;
}

Generated generate(std::uint64_t seed, const GeneratorOptions& options) {
  sim::Oracle oracle = sim::Oracle::from_seed(seed);
  scenario::Simulation simulation;
  simulation.seed = seed;
  Generated generated;
  Draw families(oracle, kFamilies), configuration(oracle, kConfiguration);
  generated.families = draw_families(families, options.families, simulation);
  const auto has = [&](const char* name) {
    return std::find(generated.families.begin(), generated.families.end(), name) !=
           generated.families.end();
  };
  Json& scenario = generated.scenario;
  scenario["id"] = "explored/seed-" + std::to_string(seed);
  scenario["title"] = "Made by generator " + std::to_string(kGeneratorVersion) + " from the seed " +
                      std::to_string(seed);
  scenario["statements"] = Json::array({"MSG-08", "HIB-14"});
  if (const char* date = date_of(configuration))
    scenario["configuration"] = {{"compatibilityDate", date}};
  scenario["program"] =
      generate_program(Draw(oracle, kProgram), {.throws = has("exceptions"),
                                                .aborts = has("abort"),
                                                .reads_storage = has("storage-latency"),
                                                .sequential = options.sequential});
  add_socket_segments(Draw(oracle, kSockets), scenario["program"]);
  const GeneratedSteps steps =
      generate_steps(Draw(oracle, kSteps), generated.families, simulation, options.sequential);
  scenario["steps"] = steps.steps;
  if (steps.dials) {
    scenario["remotes"] = Json::array({kRemote});
    add_outgoing(Draw(oracle, kOutgoing), scenario["program"]);
  }
  scenario["properties"] = true;
  if (!options.sequential) scenario["simulation"] = scenario::to_json(simulation);
  // As it would come out of a file.
  generated.scenario = parse_json_or_null(generated.scenario.dump());
  return generated;
}

}  // namespace torpor::explore
