#include "conformance/explore/storage_ops.h"

#include <utility>

namespace torpor::explore {
namespace {

constexpr const char* kTables[] = {"t", "u"};

Json table_op(OpsDraw& draw) {
  const std::string table = kTables[draw.below(2)];
  switch (draw.weighted({3, 1, 1, 4, 4})) {
    case 0:
      return sql("CREATE TABLE IF NOT EXISTS " + table + "(v)");
    case 1:
      return sql("CREATE TABLE " + table + "(v)");
    case 2:
      return sql("DROP TABLE " + table);
    case 3: {
      Json insert = sql("INSERT INTO " + table + " VALUES(?)");
      insert["bindings"] = Json::array({draw.literal()});
      if (draw.percent(40)) insert["bindings"][0] = {{"$", "arraybuffer"}, {"hex", "00ff10"}};
      return insert;
    }
    default:
      return sql("SELECT v FROM " + table);
  }
}

void transaction(OpsDraw& draw, Json& ops) {
  Json inner = Json::array({Json{{"op", "kvPut"}, {"key", draw.key()}, {"value", draw.value()}}});
  if (draw.percent(40)) inner.push_back({{"op", "kvGet"}, {"key", draw.key()}});
  if (draw.percent(25)) inner.push_back(table_op(draw));
  if (draw.percent(50)) inner.push_back({{"op", "throw"}, {"message", "undo"}});
  ops.push_back({{"op", "transactionSync"}, {"ops", std::move(inner)}});
}

Json put(OpsDraw& draw) {
  Json put = {{"op", "storagePut"}, {"key", draw.key()}, {"value", draw.value()}};
  if (draw.percent(15)) put["options"] = {{"allowUnconfirmed", true}};
  return put;
}

}  // namespace

Json sql(const std::string& query) {
  return {{"op", "sql"}, {"query", query}};
}

// Where one thing comes after the other it goes off before the next step. One in a while is set for
// a time when the object sleeps.
Json set_alarm(OpsDraw& draw) {
  const std::int64_t soon = draw.between(5, 3000);
  const std::int64_t ms = draw.percent(15) ? draw.between(9'000, 30'000) : soon;
  return {{"op", "setAlarm"}, {"ms", draw.options.sequential ? 15 : ms}};
}

Json alarm_handler(OpsDraw& draw) {
  Json ops = Json::array();
  if (draw.percent(60)) ops.push_back({{"op", "send"}, {"on", "all"}, {"data", draw.literal()}});
  if (draw.percent(40)) ops.push_back(op("getAlarm"));
  if (draw.percent(40)) ops.push_back({{"op", "kvGet"}, {"key", draw.key()}});
  if (draw.percent(30)) ops.push_back(op("getWebSockets"));
  if (draw.options.sequential) return ops;
  if (draw.percent(12)) ops.push_back({{"op", "setAlarm"}, {"ms", draw.between(3'000, 30'000)}});
  if (!draw.options.throws) return ops;
  if (draw.percent(40)) {
    // Fails as long as nobody has made the table again.
    ops.push_back(sql("DROP TABLE u"));
    ops.back()["uncaught"] = true;
  } else if (draw.percent(40)) {
    ops.push_back({{"op", "throw"}, {"message", "explored"}});
  }
  return ops;
}

void add_storage(OpsDraw& draw, Json& ops) {
  switch (draw.weighted({4, 4, 2, 2, 1, 2, 1, 2, 1, 4})) {
    case 0:
      ops.push_back(put(draw));
      return;
    case 1:
      ops.push_back({{"op", "storageGet"}, {"key", draw.key()}});
      return;
    case 2:
      ops.push_back({{"op", "kvPut"}, {"key", draw.key()}, {"value", draw.value()}});
      return;
    case 3:
      ops.push_back({{"op", "kvGet"}, {"key", draw.key()}});
      return;
    case 4:
      ops.push_back({{"op", "storageDelete"}, {"key", draw.key()}});
      return;
    case 5:
      ops.push_back(op("storageList"));
      return;
    case 6:
      ops.push_back(op("storageDeleteAll"));
      return;
    case 7:
      return transaction(draw, ops);
    case 8:
      ops.push_back({{"op", "kvDelete"}, {"key", draw.key()}});
      return;
    default:
      ops.push_back(table_op(draw));
  }
}

void add_alarm(OpsDraw& draw, Json& ops) {
  switch (draw.weighted({3, 2, 1})) {
    case 0:
      ops.push_back(set_alarm(draw));
      return;
    case 1:
      ops.push_back(op("getAlarm"));
      return;
    default:
      ops.push_back(op("deleteAlarm"));
  }
}

}  // namespace torpor::explore
