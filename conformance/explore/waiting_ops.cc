#include "conformance/explore/waiting_ops.h"

#include <utility>

namespace torpor::explore {
namespace {

Json marked(OpsDraw& draw) {
  return {{"op", "log"}, {"value", draw.marker()}};
}

// Mostly short; one in a while is longer than an object may be idle.
std::int64_t wait_ms(OpsDraw& draw, std::int64_t ms_max) {
  const std::int64_t ms = draw.between(0, ms_max);
  return draw.percent(4) ? draw.between(9'000, 12'500) : ms;
}

Json waiting(OpsDraw& draw) {
  Json ops = Json::array();
  add_sleep(draw, ops, 40);
  if (draw.percent(50)) ops.push_back({{"op", "send"}, {"data", draw.literal()}});
  return ops;
}

}  // namespace

void add_sleep(OpsDraw& draw, Json& ops, std::int64_t ms_max) {
  ops.push_back({{"op", "sleep"}, {"ms", wait_ms(draw, ms_max)}});
  ops.push_back(marked(draw));
}

void add_waiting(OpsDraw& draw, Json& ops, const Json& later) {
  switch (draw.weighted({2, 2, 1, 1, 1})) {
    case 0:
      return add_sleep(draw, ops, 60);
    case 1: {
      Json behind = Json::array({marked(draw)});
      for (const Json& one : later) behind.push_back(one);
      ops.push_back({{"op", "setTimeout"}, {"ms", wait_ms(draw, 200)}, {"ops", std::move(behind)}});
      return;
    }
    case 2:
      ops.push_back({{"op", "waitUntil"}, {"ops", waiting(draw)}});
      return;
    case 3:
      ops.push_back(op("storageSync"));
      ops.push_back(marked(draw));
      return;
    default:
      ops.push_back({{"op", "blockConcurrencyWhile"}, {"ops", waiting(draw)}});
  }
}

Json failing_block(OpsDraw& draw) {
  Json ops = Json::array(), within = Json::array();
  if (draw.percent(50)) ops.push_back({{"op", "send"}, {"data", draw.literal()}});
  if (draw.percent(60)) within = waiting(draw);
  if (draw.percent(50)) within.push_back({{"op", "kvPut"}, {"key", "k1"}, {"value", "lost"}});
  if (draw.percent(50)) within.push_back({{"op", "send"}, {"data", "lost with its block"}});
  within.push_back({{"op", "throw"}, {"message", "explored"}});
  ops.push_back({{"op", "blockConcurrencyWhile"}, {"ops", std::move(within)}});
  return ops;
}

Json endless(OpsDraw& draw) {
  if (draw.options.sequential || !draw.percent(25))
    return Json::array({Json{{"op", "send"}, {"data", draw.literal()}}});
  const Json never = Json::array({op("never")});
  switch (draw.weighted({2, 2, 1})) {
    case 0:
      return never;
    case 1:
      return Json::array({Json{{"op", "waitUntil"}, {"ops", never}}});
    default:  // for 30 seconds (HIB-16)
      return Json::array({Json{{"op", "blockConcurrencyWhile"}, {"ops", never}}});
  }
}

Json slow_request(OpsDraw& draw) {
  if (draw.percent(5)) return Json::array({op("never")});
  Json ops = Json::array();
  add_sleep(draw, ops, 60);
  if (draw.percent(50))
    ops.push_back({{"op", "kvPut"}, {"key", draw.key()}, {"value", draw.value()}});
  ops.push_back({{"op", "respond"}, {"body", "slow"}});
  return ops;
}

}  // namespace torpor::explore
