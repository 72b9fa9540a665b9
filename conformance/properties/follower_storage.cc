// What the ops do that store things, what they see, and when it is durable.
#include <algorithm>

#include "conformance/properties/follower_state.h"

namespace torpor::properties {
namespace {

const Json kUndefined = {{"$", "undefined"}};

// The one table that a query of a generated program is about, and what it does to it.
struct Query {
  enum class Kind { kCreate, kCreateIfMissing, kDrop, kInsert, kSelect };
  Kind kind;
  std::string table;
};

std::optional<Query> query_of(const Json& op) {
  static const std::vector<std::pair<std::string, Query::Kind>> forms = {
      {"CREATE TABLE IF NOT EXISTS ", Query::Kind::kCreateIfMissing},
      {"CREATE TABLE ", Query::Kind::kCreate},
      {"DROP TABLE ", Query::Kind::kDrop},
      {"INSERT INTO ", Query::Kind::kInsert},
      {"SELECT v FROM ", Query::Kind::kSelect},
  };
  const std::string query = op.value("query", "");
  for (const auto& [begin, kind] : forms) {
    if (!query.starts_with(begin)) continue;
    const std::string rest = query.substr(begin.size());
    return Query{kind, rest.substr(0, rest.find_first_of("( "))};
  }
  return std::nullopt;
}

bool needs_table(Query::Kind kind) {
  return kind != Query::Kind::kCreate && kind != Query::Kind::kCreateIfMissing;
}

bool allows_unconfirmed(const Json& op) {
  return op.contains("options") && op["options"].value("allowUnconfirmed", false);
}

}  // namespace

// One of those that the storage may be after the crash: from here on it is one that fits.
void State::settle_candidates(const std::function<bool(const Store&)>& fits) {
  std::erase_if(*candidates_, [&](const Store& store) { return !fits(store); });
  if (candidates_->empty()) {
    find(at_end() ? "storage" : entry().value("op", ""), {"SEND-07", "STORE-11", "STORE-14"},
         "after a crash the storage is older than what clients have seen, or never was so, or what "
         "was not durable is there");
  }
  exercised("STORE-11");
  exercised("SEND-07");
  storage = candidates_->front();
  if (candidates_->size() == 1) changed();
}

void State::read_key(const Json& op) {
  const std::string key = op.at("key");
  const auto value_in = [&](const Store& store) {
    const auto found = store.keys.find(key);
    return found == store.keys.end() ? kUndefined : found->second;
  };
  const std::string statement = history_.writes_late ? "STORE-11" : "HIB-10";
  if (!candidates_) return expect_value(op, value_in(storage), statement);
  settle_candidates([&](const Store& store) {
    return !at_end() && entry().contains("value") && entry()["value"] == value_in(store);
  });
  skip();
}

bool State::perform_storage(const Json& op) {
  const std::string name = op.at("op");
  if (name == "storageGet" || name == "kvGet") {
    read_key(op);
    return true;
  }
  if (name == "sql") {
    sql(op);
    return true;
  }
  return perform_alarm(op) || perform_keys(op);
}

bool State::perform_keys(const Json& op) {
  const std::string name = op.at("op");
  const bool late = candidates_ && candidates_->size() > 1;
  if (name == "storagePut" || name == "kvPut") {
    if (late) throw Stop{};
    storage.keys[op.at("key")] = op.at("value");
    stored();
    allows_unconfirmed(op) ? wrote_unconfirmed() : wrote(true);
  } else if (name == "storageDelete" || name == "kvDelete") {
    if (late) throw Stop{};
    const bool existed = storage.keys.erase(op.at("key")) > 0;
    if (existed) stored();
    wrote(existed);
    if (name == "kvDelete") expect_value(op, existed, "STORE-08");
  } else if (name == "storageDeleteAll") {
    const bool held_keys = !late && !storage.keys.empty();
    storage = {};
    stored();
    wrote(held_keys);
    if (date() >= "2026-02-24") alarm.remove();  // STORE-01
  } else if (name == "storageList" || name == "kvList") {
    if (late || op.contains("options")) throw Stop{};
    Json list = Json::array();
    for (const auto& [key, value] : storage.keys) list.push_back(Json::array({key, value}));
    expect_value(op, list, "STORE-09");
  } else {
    return false;
  }
  return true;
}

bool State::perform_alarm(const Json& op) {
  const std::string name = op.at("op");
  const bool has_handler = history_.scenario_case.program.contains("alarm");
  if (name == "setAlarm" && !has_handler) {
    expect_throw(op, "TypeError", {}, "ALARM-06");
  } else if (name == "setAlarm") {
    wrote(true);
    alarm.set(now ? std::optional(*now + milliseconds(op.at("ms").get<std::int64_t>()))
                  : std::nullopt);
  } else if (name == "deleteAlarm") {
    wrote(alarm.is_known() && alarm.is_set());
    alarm.remove();
  } else if (name == "getAlarm") {
    if (!alarm.is_known()) throw Stop{};
    expect_value(op, alarm.is_set() ? Json("set") : Json(), "ALARM-01");
  } else {
    return false;
  }
  return true;
}

void State::sql(const Json& op) {
  const auto query = query_of(op);
  if (!query) throw Stop{};
  const auto fails_in = [&](const Store& store) {
    const bool there = store.tables.contains(query->table);
    return needs_table(query->kind) ? !there : query->kind == Query::Kind::kCreate && there;
  };
  const auto rows_in = [&](const Store& store) {
    Json rows = Json::array();
    if (query->kind != Query::Kind::kSelect) return rows;
    for (const Json& value : store.tables.at(query->table)) rows.push_back({{"v", value}});
    return rows;
  };
  if (candidates_) {
    settle_candidates([&](const Store& store) {
      if (at_end() || entry().value("op", "") != "sql") return false;
      if (fails_in(store)) return entry().contains("throws");
      return entry().contains("value") && entry()["value"] == rows_in(store);
    });
    if (candidates_ && candidates_->size() > 1 && query->kind != Query::Kind::kSelect) throw Stop{};
  }
  wrote(false);
  if (fails_in(storage)) return expect_throw(op, "Error", {}, "STORE-05");
  expect_value(op, rows_in(storage), "STORE-04");
  auto& tables = storage.tables;
  if (query->kind == Query::Kind::kSelect) return;
  const Store before = storage;
  if (query->kind == Query::Kind::kDrop) {
    tables.erase(query->table);
  } else if (query->kind == Query::Kind::kInsert) {
    tables[query->table].push_back(op.at("bindings").at(0));
  } else {
    tables.try_emplace(query->table);
  }
  if (storage == before) return;
  stored();
  wrote(true);
}

// How long a write of now takes to be durable, at least and at most.
std::pair<Duration, Duration> State::write_latency() const {
  std::pair<Duration, Duration> bounds = {};
  for (const WriteFaults& faults : history_.write_faults) {
    if (!now || *now + kSlack < faults.set.from) break;
    const bool settled = faults.set.to + kSlack < *now;
    bounds = {settled ? faults.latency : std::min(bounds.first, faults.latency),
              settled ? faults.latency : std::max(bounds.second, faults.latency)};
  }
  return bounds;
}

void State::stored() {
  changed();
  if (now)
    versions_[present_].durable_from = std::max(durable_.least, *now + write_latency().first);
}

void State::wrote(bool surely) {
  if (surely) gating_ = present_;
  if (!now) return;
  const auto [least, most] = write_latency();
  if (surely) gate_.least = std::max(gate_.least, *now + least);
  gate_.most = std::max(gate_.most, *now + most);
  if (surely) durable_.least = std::max(durable_.least, gate_.least);
  durable_.most = std::max(durable_.most, gate_.most);
  if (surely && !fails_at_ && writes_surely_fail()) fails_at_ = durable_.most;
}

void State::wrote_unconfirmed() {
  if (!now) return;
  const auto [least, most] = write_latency();
  durable_.least = std::max(durable_.least, *now + least);
  durable_.most = std::max(durable_.most, *now + most);
}

bool State::writes_surely_fail() const {
  const auto& faults = history_.write_faults;
  return !faults.empty() && faults.back().fail && faults.back().set.to + kSlack < *now;
}

void State::check_failed_write(Time by) {
  if (!fails_at_ || by <= *fails_at_ + kSlack || reset_is_next()) return;
  find("storage", {"EXC-04", "SEND-08"}, "a write has failed, and the object was not reset");
}

}  // namespace torpor::properties
