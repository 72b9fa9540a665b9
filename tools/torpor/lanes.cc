#include "tools/torpor/lanes.h"

#include <fmt/format.h>

#include <algorithm>

#include "conformance/report/describe.h"

namespace torpor::tool {

std::string lanes_text(const trace::Trace& trace, bool verbose, const report::Terminal& terminal) {
  std::size_t width = 0;
  for (const trace::Event& event : trace.events) width = std::max(width, event.actor.size());
  std::string out;
  for (const trace::Event& event : trace.events) {
    if (!verbose && event.kind == "sent") continue;
    // What the object has cost in the end is shown by itself.
    if (event.actor == "harness" && event.kind == "usage") continue;
    std::string text = report::printable(report::describe(event));
    if (event.actor == "harness") text = terminal.paint(report::Colour::kFaint, text);
    out +=
        fmt::format("{:>9}  {}  {}\n", report::describe(event.t),
                    terminal.paint(report::Colour::kBlue, report::pad(event.actor, width)), text);
  }
  return out;
}

}  // namespace torpor::tool
