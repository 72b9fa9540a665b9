#include "reference-server/usage_json.h"

#include <optional>

namespace torpor::server {
namespace {

using object::Hold;
using object::Holds;
using object::kHoldCount;
using object::Usage;

Json durations(const Usage& usage, Time now) {
  Json held_by = Json::object();
  for (std::size_t i = 0; i < kHoldCount; ++i) {
    const Hold hold{static_cast<std::uint8_t>(i)};
    const Duration held = usage.held_by(hold, now);
    if (held.count() > 0) held_by[std::string(name_of(hold))] = held.count();
  }
  return {{"billed", usage.billed(now).count()},
          {"free", usage.free(now).count()},
          {"heldBy", std::move(held_by)}};
}

Json names(const Holds& holds) {
  Json names = Json::array();
  for (std::size_t i = 0; i < kHoldCount; ++i) {
    if (holds.test(i)) names.push_back(name_of(Hold{static_cast<std::uint8_t>(i)}));
  }
  return names;
}

}  // namespace

Json usage_json(const object::Object* object) {
  const Usage usage = object ? object->usage() : Usage{};
  const Time now = object ? object->now() : Time{};
  const auto holds = object ? object->holds() : std::nullopt;
  const object::BilledRequests billed = usage.billed_requests();
  Json json = {
      {"requests",
       {{"upgrade", usage.upgrades}, {"http", usage.http_requests}, {"alarm", usage.alarms}}},
      {"messages",
       {{"in", usage.messages_in},
        {"out", usage.messages_out},
        {"autoResponses", usage.auto_responses},
        {"pings", usage.pings}}},
      {"billedRequests", {{"whole", billed.whole}, {"twentieths", billed.twentieths}}},
      {"rowsWritten", {{"setAlarm", usage.alarms_set}}},
      {"durationUs", durations(usage, now)},
      {"inMemory", holds.has_value()}};
  if (holds) json["heldBy"] = names(*holds);
  return json;
}

}  // namespace torpor::server
