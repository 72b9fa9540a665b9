#include "conformance/judge/replay_lines.h"

#include <algorithm>
#include <array>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/judge/comparable.h"
#include "conformance/judge/lane_events.h"
#include "core/trace/line.h"
#include "core/trace/reader.h"

namespace torpor::judge {
namespace {

using trace::EventText;
using trace::take;

constexpr std::string_view kEntry = "\"entry\":{";

// The events of a trace lane by lane, from the front, no further than they are asked for: lanes
// that keep step need no more than the event at hand.
class Lanes {
 public:
  explicit Lanes(const std::vector<trace::Event>& events) : events_(events) {}

  // The next event of a lane; null when there is none.
  const trace::Event* next(const Place& place) {
    Waiting& lane = lane_of(place);
    while (lane.empty() && at_ < events_.size()) sort_in(events_[at_++]);
    if (lane.empty()) return nullptr;
    const trace::Event* event = lane.front();
    lane.pop_front();
    return event;
  }
  // Nothing is left in any.
  bool at_the_end() {
    while (at_ < events_.size()) sort_in(events_[at_++]);
    return std::all_of(lanes_.begin(), lanes_.end(), [](const auto& lanes) {
      return std::all_of(lanes.begin(), lanes.end(),
                         [](const auto& lane) { return lane.second.empty(); });
    });
  }

 private:
  using Waiting = std::deque<const trace::Event*>;

  Waiting& lane_of(const Place& place) {
    auto& lanes = lanes_[static_cast<std::size_t>(place.kind)];
    const auto found = lanes.find(place.subject);
    return found == lanes.end() ? lanes[std::string(place.subject)] : found->second;
  }
  void sort_in(const trace::Event& event) {
    if (const auto place = place_of(event)) lane_of(*place).push_back(&event);
  }

  const std::vector<trace::Event>& events_;
  std::size_t at_ = 0;
  // By kind.
  std::array<std::map<std::string, Waiting, std::less<>>, 4> lanes_;
};

// Takes the members of a log entry off the front that no two runs share.
void take_noise(std::string_view& text) {
  std::string_view rest = text;
  while (take("\"seq\":", rest) || take("\"at\":", rest)) {
    rest.remove_prefix(std::min(rest.find_first_not_of("0123456789"), rest.size()));
    take(",", rest);
    text = rest;
  }
}

bool is_text_of_entry(const Json& entry, std::string_view text) {
  if (!take(kEntry, text)) return false;
  for (const auto& [name, value] : entry.get_ref<const Json::object_t&>()) {
    if (name == "seq" || name == "at") continue;
    take_noise(text);
    if (!trace::take_text_of(name, value, text)) return false;
    take(",", text);
  }
  take_noise(text);
  return text == "}";
}

// Where a log entry seems to belong. What is found there does belong there, and is the same or is
// not.
Place place_of_log(std::string_view members) {
  constexpr std::string_view kSocket = "\"socket\":\"";
  const std::size_t at = members.find(kSocket);
  if (at == std::string_view::npos) return {scenario::LaneKind::kObject, {}};
  members.remove_prefix(at + kSocket.size());
  return {scenario::LaneKind::kSocket, members.substr(0, members.find('"'))};
}

class LineByLine {
 public:
  explicit LineByLine(const trace::Trace& fresh) : lanes_(fresh.events) {}

  void add(std::string_view line) { same_ = same_ && goes_on(line); }
  bool same() { return same_ && lanes_.at_the_end(); }

 private:
  bool goes_on(std::string_view line) {
    const auto text = trace::split_line(line);
    if (!text) return false;
    constexpr std::string_view kClient = "client:";
    if (text->actor.starts_with(kClient)) {
      const std::string_view name = text->actor.substr(kClient.size());
      return !is_received(text->kind) || goes_on({scenario::LaneKind::kClient, name}, *text, line);
    }
    const bool log = text->kind == "log";
    if (text->actor != "object" || (!log && text->kind != "usage")) return true;
    if (!text->members.starts_with(kEntry)) return false;
    return goes_on(log ? place_of_log(text->members) : Place{scenario::LaneKind::kUsage, {}}, *text,
                   line);
  }

  bool goes_on(const Place& place, const EventText& text, std::string_view line) {
    const trace::Event* fresh = lanes_.next(place);
    if (fresh == nullptr || text.kind != fresh->kind) return false;
    if (fresh->kind == "log" ? is_text_of_entry(fresh->members.at("entry"), text.members)
                             : trace::is_text_of(fresh->members, text.members))
      return true;
    const auto recorded = trace::parse_event(line);
    return recorded && comparable(*recorded) == comparable(*fresh);
  }

  Lanes lanes_;
  bool same_ = true;
};

}  // namespace

bool same_line_by_line(std::istream& recorded, const trace::Trace& fresh) {
  LineByLine lines(fresh);
  return trace::outline(recorded, [&](std::string_view line) { lines.add(line); }) && lines.same();
}

}  // namespace torpor::judge
