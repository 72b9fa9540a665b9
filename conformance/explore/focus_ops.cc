#include "conformance/explore/focus_ops.h"

#include <utility>

#include "conformance/explore/storage_ops.h"

namespace torpor::explore {
namespace {

Json send(OpsDraw& draw) {
  return {{"op", "send"}, {"data", draw.literal()}};
}

Json put(OpsDraw& draw, const std::string& key) {
  return {{"op", "storagePut"}, {"key", key}, {"value", draw.value()}};
}

Json insert(const Json& value) {
  Json insert = sql("INSERT INTO t VALUES(?)");
  insert["bindings"] = Json::array({value});
  return insert;
}

Json create() {
  return sql("CREATE TABLE IF NOT EXISTS t(v)");
}

// SEND-07: what was there is durable; only what comes then gates.
Json gated_alone(OpsDraw& draw) {
  const std::string key = draw.key();
  Json ops = Json::array({put(draw, key)});
  if (!draw.options.sequential) {
    ops.push_back(op("storageSync"));
    ops.push_back({{"op", "log"}, {"value", draw.marker()}});
  }
  ops.push_back({{"op", draw.percent(50) ? "storageDelete" : "kvDelete"}, {"key", key}});
  ops.push_back(send(draw));
  return ops;
}

// STORE-15.
Json ungated(OpsDraw& draw) {
  Json write = put(draw, draw.key());
  write["options"] = {{"allowUnconfirmed", true}};
  return Json::array({std::move(write), send(draw)});
}

// STORE-10.
Json emptied(OpsDraw& draw) {
  Json ops = Json::array({create(), put(draw, "k1"), op("storageDeleteAll")});
  ops.push_back(draw.percent(50) ? sql("SELECT v FROM t") : insert(draw.literal()));
  return ops;
}

// STORE-04.
Json read_back(OpsDraw& draw) {
  const Json octets = {{"$", "arraybuffer"}, {"hex", "00ff10"}};
  return Json::array({create(), insert(draw.percent(70) ? octets : Json(draw.between(-5, 1000))),
                      sql("SELECT v FROM t")});
}

// ABORT-04: the next instance looks for it in its constructor.
Json time_limit(OpsDraw& draw) {
  Json ops = Json::array(
      {Json{{"op", "setEventTimeout"}, {"args", Json::array({draw.between(50'000, 60'000)})}}});
  if (draw.options.aborts && draw.percent(50)) ops.push_back(op("abort"));
  return ops;
}

// ALARM-01, SEND-07.
Json alarm_alone(OpsDraw& draw) {
  return Json::array({set_alarm(draw), send(draw)});
}

}  // namespace

Json focused(OpsDraw& draw) {
  switch (draw.weighted({3, 3, 2, 2, 2, 1})) {
    case 0:
      return gated_alone(draw);
    case 1:
      return ungated(draw);
    case 2:
      return emptied(draw);
    case 3:
      return read_back(draw);
    case 4:
      return time_limit(draw);
    default:
      return alarm_alone(draw);
  }
}

}  // namespace torpor::explore
