#include "conformance/explore/frame_steps.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "core/trace/octets.h"

namespace torpor::explore {
namespace {

constexpr int kContinuation = 0;
constexpr int kText = 1;
constexpr int kBinary = 2;

// RFC 7692: one stored block, the four octets at its end left out.
std::string stored(const std::string& text) {
  const auto low = static_cast<char>(text.size() & 255);
  const auto high = static_cast<char>(text.size() >> 8);
  std::string octets = {'\0', low, high, static_cast<char>(~low), static_cast<char>(~high)};
  return octets + text + '\0';
}

Json frame(const FrameSender& sender, int opcode, const std::string& octets) {
  return {{"do", "frame"},
          {"client", sender.client},
          {"opcode", opcode},
          {"hex", trace::to_hex(octets)}};
}

}  // namespace

Json message_frames(Draw& draw, const FrameSender& sender, const std::string& text, bool compressed,
                    const std::string& ping) {
  const int opcode = !sender.standard && draw.percent(20) ? kBinary : kText;
  std::string left = compressed ? stored(text) : text;
  Json steps = Json::array();
  const std::uint64_t cuts = draw.below(4);
  for (std::uint64_t i = 0; i < cuts; ++i) {
    const std::size_t size = draw.below(left.size() + 1);
    steps.push_back(frame(sender, i == 0 ? opcode : kContinuation, left.substr(0, size)));
    steps.back()["fin"] = false;
    left.erase(0, size);
    // EXT-07: between compressed fragments the answer has octets too many.
    if (!compressed && draw.percent(25))
      steps.push_back(
          {{"do", "ping"}, {"client", sender.client}, {"payload", ping + std::to_string(i)}});
  }
  steps.push_back(frame(sender, cuts == 0 ? opcode : kContinuation, left));
  if (compressed) steps.front()["rsv1"] = true;
  for (Json& step : steps) {
    if (step["do"] != "frame") continue;
    if (draw.percent(15)) step["masked"] = false;
    if (draw.percent(15)) step["length"] = draw.one_of<const char*>({"16", "64"});
  }
  return steps;
}

Json breach_frames(Draw& draw, const FrameSender& sender, const std::string& payload) {
  const bool inside = draw.percent(20);
  Json steps = Json::array();
  if (inside) {
    steps.push_back(frame(sender, kText, payload));
    steps.back()["fin"] = false;
  }
  Json breach = frame(sender, kText, payload);
  switch (draw.weighted({3, 2, 2, 2, 2, 2, 2})) {
    case 0:
      breach["opcode"] = draw.one_of<int>({3, 7, 11, 15});
      break;
    case 1:
      breach[draw.percent(50) ? "rsv2" : "rsv3"] = true;
      break;
    case 2:  // continues nothing, or begins in the middle
      breach["opcode"] = inside ? kText : kContinuation;
      break;
    case 3:
      breach["opcode"] = draw.one_of<int>({8, 9, 10});
      breach["fin"] = false;
      break;
    case 4:
    case 5:
      breach["length"] = "64";
      breach["declared"] = 33'554'433;
      breach["hex"] = "";
      if (draw.percent(50)) breach["rsv2"] = true;
      break;
    default:
      breach["rsv1"] = true;
      if (sender.deflate) breach["hex"] = "ffffff";
      if (inside) breach["opcode"] = 3;
  }
  steps.push_back(std::move(breach));
  return steps;
}

}  // namespace torpor::explore
