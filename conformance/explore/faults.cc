#include "conformance/explore/faults.h"

#include <algorithm>
#include <array>

namespace torpor::explore {
namespace {

using scenario::Simulation;
using sim::ObjectFaultKind;

std::uint32_t chance(Draw& draw) {
  return draw.one_of<std::uint32_t>({5'000, 20'000, 60'000});
}

void latency(Simulation& simulation, Draw& draw) {
  simulation.network.latency_min = Duration(100);
  simulation.network.latency_max = milliseconds(draw.one_of<std::int64_t>({2, 20, 200}));
}
void chunks(Simulation& simulation, Draw& draw) {
  simulation.network.chunk_octets_max = draw.one_of<std::size_t>({1, 7, 100, 4096});
}
void order(Simulation& simulation, Draw&) {
  simulation.network.shuffle_equal_times = true;
}
void stall(Simulation& simulation, Draw& draw) {
  simulation.network.stall_per_million = chance(draw);
}
void window(Simulation& simulation, Draw& draw) {
  simulation.network.window_octets = draw.one_of<std::size_t>({16, 200, 5000});
}
void slow_reader(Simulation& simulation, Draw& draw) {
  if (draw.percent(60)) simulation.network.window_octets = 60;
}
void cut(Simulation& simulation, Draw& draw) {
  simulation.network.cut_per_million = chance(draw);
}
void fin(Simulation& simulation, Draw& draw) {
  simulation.network.fin_per_million = chance(draw);
}
void silence(Simulation& simulation, Draw& draw) {
  simulation.network.silence_per_million = chance(draw);
}
void refuse(Simulation& simulation, Draw& draw) {
  simulation.network.refuse_per_million = chance(draw) * 5;
}
void evict(Simulation& simulation, Draw& draw) {
  simulation.objects[ObjectFaultKind::kEvict] =
      draw.one_of<std::uint32_t>({100'000, 400'000, 1'000'000});
}
void deploy(Simulation& simulation, Draw& draw) {
  simulation.objects[ObjectFaultKind::kDeploy] = chance(draw);
}
void crash(Simulation& simulation, Draw& draw) {
  simulation.objects[ObjectFaultKind::kCrash] = chance(draw);
}

constexpr std::array kFamilies = {
    Family{"latency", "octets take their time, and what two clients do crosses", 40, latency},
    Family{"chunks", "octets are cut and joined anywhere", 35, chunks},
    Family{"order", "what happens at one instant happens in any order", 30, order},
    Family{"stall", "a chunk, and all behind it, is held back for up to two seconds", 15, stall},
    Family{"window", "little fits on the way: back-pressure", 12, window},
    Family{"cut", "a connection is reset at any octet", 5, cut},
    Family{"fin", "one direction ends at any octet", 5, fin},
    Family{"silence", "one direction delivers nothing any more: a half-open connection", 4,
           silence},
    Family{"refuse", "a connection does not come about", 4, refuse},
    Family{"evict", "the object leaves memory whenever nothing holds it", 40, evict},
    Family{"deploy", "a code update at any moment", 10, deploy},
    Family{"crash", "the process dies at any moment", 10, crash},
    Family{"storage-latency", "what is written becomes durable later", 15, nullptr},
    Family{"storage-failure", "what is written never becomes durable", 6, nullptr},
    Family{"late-alarms", "alarms go off later than they are set for", 10, nullptr},
    Family{"slow-reader", "a client stops reading for a while", 8, slow_reader},
    Family{"malformed", "a client breaks the protocol", 18, nullptr},
    Family{"leaving", "clients go without a Close: FIN or RST", 20, nullptr},
    Family{"exceptions", "handlers throw", 15, nullptr},
    Family{"abort", "the object aborts itself", 8, nullptr},
    Family{"restart-steps", "a code update or a crash between two steps", 12, nullptr},
    Family{"client-clocks", "clients' clocks are ahead or behind, and are sent along", 10, nullptr},
};

}  // namespace

std::span<const Family> families() {
  return kFamilies;
}

const Family* family_named(std::string_view name) {
  const auto found = std::find_if(kFamilies.begin(), kFamilies.end(),
                                  [&](const Family& family) { return family.name == name; });
  return found == kFamilies.end() ? nullptr : &*found;
}

std::vector<std::string> draw_families(Draw& draw, const std::vector<std::string>& allowed,
                                       Simulation& simulation) {
  std::vector<std::string> on;
  const bool calm = draw.percent(15);
  for (const Family& family : kFamilies) {
    const bool drawn = draw.percent(family.percent);
    const bool may = std::find(allowed.begin(), allowed.end(), family.name) != allowed.end();
    if (calm || !drawn || !may) continue;
    on.emplace_back(family.name);
    if (family.apply) family.apply(simulation, draw);
  }
  return on;
}

}  // namespace torpor::explore
