#include "tools/torpor/lanes.h"

#include <fmt/format.h>

#include <algorithm>

#include "conformance/report/describe.h"

namespace torpor::tool {

namespace {

struct Line {
  Time t;
  bool by_then;  // an entry of a log: it is read later than it is written
  const trace::Event* event;
};

// A simulated object says when it wrote an entry of its log.
Line line_of(const trace::Event& event) {
  if (event.kind != "log") return {event.t, false, &event};
  if (!event.members.contains("at")) return {event.t, true, &event};
  return {Time(milliseconds(event.members.at("at").get<std::int64_t>())), false, &event};
}

}  // namespace

std::string lanes_text(const trace::Trace& trace, bool verbose, const report::Terminal& terminal) {
  std::size_t width = 0;
  std::vector<Line> lines;
  for (const trace::Event& event : trace.events) {
    width = std::max(width, event.actor.size());
    lines.push_back(line_of(event));
  }
  std::stable_sort(lines.begin(), lines.end(),
                   [](const Line& a, const Line& b) { return a.t < b.t; });
  std::string out;
  for (const auto& [t, by_then, event] : lines) {
    if (!verbose && event->kind == "sent") continue;
    // What the object has cost in the end is shown by itself.
    if (event->actor == "harness" && event->kind == "usage") continue;
    std::string text = report::printable(report::describe(*event));
    if (event->actor == "harness") text = terminal.paint(report::Colour::kFaint, text);
    out +=
        fmt::format("{:>9}  {}  {}\n", (by_then ? "by " : "") + report::describe(t),
                    terminal.paint(report::Colour::kBlue, report::pad(event->actor, width)), text);
  }
  return out;
}

}  // namespace torpor::tool
