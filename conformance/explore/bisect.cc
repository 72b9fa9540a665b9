#include "conformance/explore/bisect.h"

#include <algorithm>
#include <stdexcept>
#include <utility>
#include <variant>

#include "core/trace/digest.h"
#include "core/trace/octets.h"

namespace torpor::explore {
namespace {

constexpr std::size_t kShownOctetsMax = 32;

std::string octets_text(std::string_view octets) {
  if (octets.empty()) return "";
  std::string text = " " + std::to_string(octets.size()) + " octets " +
                     trace::to_hex(octets.substr(0, kShownOctetsMax));
  if (octets.size() <= kShownOctetsMax) return text;
  trace::Digest digest;
  digest.add(octets);
  return text + "... (digest " + digest.hex() + ")";
}

std::string line_of(const sim::Happening& one) {
  return std::to_string(one.number) + " " + std::to_string(to_microseconds(one.at)) + "us " +
         std::string(one.kind) + " #" + std::to_string(one.subject) + octets_text(one.octets);
}

targets::Simulated ended(const Rerun& rerun, targets::SimulatedOptions options,
                         const std::atomic<bool>& stop) {
  auto simulated = targets::simulate(rerun.scenario_case, std::move(options), stop);
  if (const auto* error = std::get_if<run::RunError>(&simulated.events))
    throw std::runtime_error(error->message);
  return simulated;
}

}  // namespace

std::optional<Window> first_different(const Checkpointed& a, const Checkpointed& b) {
  if (a.digest == b.digest && a.events == b.events) return std::nullopt;
  const auto [at, other] = std::mismatch(a.checkpoints.begin(), a.checkpoints.end(),
                                         b.checkpoints.begin(), b.checkpoints.end());
  const auto same = static_cast<std::uint64_t>(at - a.checkpoints.begin());
  return Window{same * sim::World::kCheckpointEvery + 1, (same + 1) * sim::World::kCheckpointEvery};
}

Checkpointed checkpointed(const Rerun& rerun, const std::atomic<bool>& stop) {
  targets::Simulated simulated = ended(rerun, rerun.options, stop);
  return {std::move(simulated.checkpoints), simulated.world_events, std::move(simulated.digest)};
}

std::vector<std::string> events_of(const Rerun& rerun, const Window& window,
                                   const std::atomic<bool>& stop) {
  std::vector<std::string> lines;
  targets::SimulatedOptions options = rerun.options;
  // What comes after the case is not part of its digest.
  options.afterwards = {};
  options.watch = [&](const sim::Happening& one) {
    if (one.number >= window.first && one.number <= window.last) lines.push_back(line_of(one));
  };
  ended(rerun, std::move(options), stop);
  return lines;
}

}  // namespace torpor::explore
