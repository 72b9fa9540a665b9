#include "conformance/explore/store.h"

#include <chrono>
#include <thread>
#include <utility>

#include "core/object/js_error.h"
#include "core/trace/digest.h"

namespace torpor::explore {
namespace {

using object::Statement;

constexpr std::int64_t kFormat = 1;
constexpr const char* kColumns =
    "seed, digest, verdict, bucket, statements, message, events, followed, families, scenario";

constexpr const char* kSchema[] = {
    "CREATE TABLE IF NOT EXISTS torpor(format INTEGER NOT NULL)",
    "CREATE TABLE IF NOT EXISTS campaign(id INTEGER PRIMARY KEY, settings TEXT NOT NULL UNIQUE)",
    "CREATE TABLE IF NOT EXISTS result(campaign INTEGER NOT NULL, seed INTEGER NOT NULL, digest "
    "TEXT "
    "NOT NULL, verdict TEXT NOT NULL, bucket TEXT NOT NULL, statements TEXT NOT NULL, message TEXT "
    "NOT NULL, events INTEGER NOT NULL, followed INTEGER NOT NULL, families TEXT NOT NULL, "
    "scenario "
    "TEXT NOT NULL, PRIMARY KEY(campaign, seed)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS exercised(campaign INTEGER NOT NULL, statement TEXT NOT NULL, "
    "PRIMARY "
    "KEY(campaign, statement)) WITHOUT ROWID",
};

constexpr Duration kPatience = milliseconds(30'000);  // with others that write the same file

// Tables, and none of ours among them. One statement: another process may be making ours.
bool is_anothers(object::Database& database) {
  Statement tables(database, "SELECT count(*), total(name = 'torpor') FROM sqlite_master");
  tables.row();
  return tables.number(0) > 0 && tables.number(1) == 0;
}

bool is_locked(const object::JsError& failure) {
  return failure.message.find("locked") != std::string::npos;
}

object::Database begun_file(const std::string& path, bool must_exist) {
  object::Database database(path, {}, kPatience);
  if (is_anothers(database) || (must_exist && !database.has_table("torpor")))
    throw StoreError(path + ": holds no results of torpor explore; nothing was written");
  if (!path.empty()) database.execute("PRAGMA journal_mode = WAL");
  database.execute("PRAGMA synchronous = NORMAL");
  database.execute("BEGIN IMMEDIATE");  // of several that begin a file one makes its tables
  const bool begun = database.has_table("torpor");
  for (const char* sql : kSchema) database.execute(sql);
  if (!begun) database.execute("INSERT INTO torpor VALUES (" + std::to_string(kFormat) + ")");
  database.execute("COMMIT");
  Statement format(database, "SELECT format FROM torpor");
  if (!format.row() || format.number(0) != kFormat)
    throw StoreError(path + ": results of another format; explore into a new file");
  return database;
}

// Two that turn one file into a write-ahead log would wait for each other: SQLite lets one fail
// at once instead.
object::Database opened(const std::string& path, bool must_exist) {
  constexpr std::chrono::milliseconds kPause{20};
  for (auto left = kPatience / kPause;; --left) {
    try {
      return begun_file(path, must_exist);
    } catch (const object::JsError& failure) {
      if (left <= 0 || !is_locked(failure)) throw;
    }
    std::this_thread::sleep_for(kPause);
  }
}

// What the storage of objects says of a failure, said of this file.
template <typename Action>
auto guarded(const std::string& path, Action action) {
  try {
    return action();
  } catch (const object::JsError& failure) {
    throw StoreError((path.empty() ? "results" : path) + ": " + failure.message +
                     (is_locked(failure)
                          ? "; another process writes it: give each a file of its own, and put "
                            "them together with `torpor merge`"
                          : ""));
  }
}

Json list(const std::string& text) {
  Json json = parse_json_or_null(text);
  return json.is_array() ? json : Json::array();
}

SeedResult row(const Statement& statement) {
  SeedResult result;
  result.seed = static_cast<std::uint64_t>(statement.number(0));
  result.digest = statement.octets(1);
  result.verdict = statement.octets(2);
  result.bucket = statement.octets(3);
  result.statements = list(statement.octets(4)).get<std::vector<std::string>>();
  result.message = statement.octets(5);
  result.events = static_cast<std::uint64_t>(statement.number(6));
  result.followed = statement.number(7) != 0;
  result.families = list(statement.octets(8)).get<std::vector<std::string>>();
  result.scenario = parse_json_or_null(statement.octets(9));
  return result;
}

}  // namespace

Json to_json(const SeedResult& result) {
  return {{"seed", result.seed},
          {"digest", result.digest},
          {"verdict", result.verdict},
          {"bucket", result.bucket},
          {"statements", result.statements},
          {"message", result.message},
          {"events", result.events},
          {"followed", result.followed},
          {"families", result.families},
          {"exercised", result.exercised},
          {"scenario", result.scenario}};
}

SeedResult result_from_json(const Json& json) {
  try {
    SeedResult result;
    result.seed = json.at("seed");
    result.digest = json.at("digest");
    result.verdict = json.at("verdict");
    result.bucket = json.at("bucket");
    result.statements = json.at("statements").get<std::vector<std::string>>();
    result.message = json.at("message");
    result.events = json.at("events");
    result.followed = json.at("followed");
    result.families = json.at("families").get<std::vector<std::string>>();
    result.exercised = json.at("exercised").get<std::vector<std::string>>();
    result.scenario = json.at("scenario");
    return result;
  } catch (const Json::exception& problem) {
    throw StoreError(std::string("not a result: ") + problem.what());
  }
}

Store::Store(const std::string& path, bool must_exist)
    : database_(guarded(path, [&] { return opened(path, must_exist); })) {}

std::int64_t Store::campaign(const std::string& settings) {
  // Of several processes that begin it at once one makes it.
  Statement(database_, "INSERT OR IGNORE INTO campaign(settings) VALUES (?)")
      .bind(1, settings)
      .row();
  Statement known(database_, "SELECT id FROM campaign WHERE settings = ?");
  known.bind(1, settings).row();
  return known.number(0);
}

std::vector<std::pair<std::int64_t, std::string>> Store::campaigns() {
  std::vector<std::pair<std::int64_t, std::string>> all;
  Statement statement(database_, "SELECT id, settings FROM campaign ORDER BY id");
  while (statement.row()) all.emplace_back(statement.number(0), statement.octets(1));
  return all;
}

std::optional<std::string> Store::add(std::int64_t campaign, const SeedResult& result) {
  for (const std::string& id : result.exercised) {
    Statement statement(database_, "INSERT OR IGNORE INTO exercised VALUES (?, ?)");
    statement.bind(1, campaign).bind(2, id);
    statement.row();
  }
  const auto seed = static_cast<std::int64_t>(result.seed);
  Statement known(database_, "SELECT digest, verdict FROM result WHERE campaign = ? AND seed = ?");
  known.bind(1, campaign).bind(2, seed);
  if (known.row()) {
    if (known.octets(0) == result.digest && known.octets(1) == result.verdict) return std::nullopt;
    return "seed " + std::to_string(result.seed) + " came to " + known.octets(1) + " " +
           known.octets(0) + " once and to " + result.verdict + " " + result.digest +
           " another time";
  }
  const std::string statements = Json(result.statements).dump(),
                    families = Json(result.families).dump(),
                    scenario = result.scenario.dump(-1, ' ', false, Json::error_handler_t::replace);
  Statement insert(database_, std::string("INSERT INTO result(campaign, ") + kColumns +
                                  ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  insert.bind(1, campaign).bind(2, seed).bind(3, result.digest).bind(4, result.verdict);
  insert.bind(5, result.bucket).bind(6, statements).bind(7, result.message);
  insert.bind(8, static_cast<std::int64_t>(result.events)).bind(9, result.followed ? 1 : 0);
  insert.bind(10, families).bind(11, scenario);
  insert.row();
  return std::nullopt;
}

std::set<std::uint64_t> Store::seeds(std::int64_t campaign) {
  std::set<std::uint64_t> all;
  Statement statement(database_, "SELECT seed FROM result WHERE campaign = ?");
  statement.bind(1, campaign);
  while (statement.row()) all.insert(static_cast<std::uint64_t>(statement.number(0)));
  return all;
}

std::uint64_t Store::count(std::int64_t campaign) {
  Statement statement(database_, "SELECT count(*) FROM result WHERE campaign = ?");
  statement.bind(1, campaign);
  statement.row();
  return static_cast<std::uint64_t>(statement.number(0));
}

std::uint64_t Store::events(std::int64_t campaign) {
  Statement statement(database_, "SELECT total(events) FROM result WHERE campaign = ?");
  statement.bind(1, campaign);
  statement.row();
  return static_cast<std::uint64_t>(statement.number(0));
}

std::set<std::string> Store::exercised(std::int64_t campaign) {
  std::set<std::string> all;
  Statement statement(database_, "SELECT statement FROM exercised WHERE campaign = ?");
  statement.bind(1, campaign);
  while (statement.row()) all.insert(statement.octets(0));
  return all;
}

std::vector<Bucket> Store::buckets(std::int64_t campaign) {
  std::vector<Bucket> all;
  Statement statement(database_,
                      "SELECT bucket, count(*), min(seed) FROM result WHERE campaign = ? AND "
                      "verdict <> 'pass' GROUP BY bucket ORDER BY count(*) DESC, bucket");
  statement.bind(1, campaign);
  while (statement.row()) {
    all.push_back({statement.octets(0), static_cast<std::uint64_t>(statement.number(1)),
                   static_cast<std::uint64_t>(statement.number(2))});
  }
  return all;
}

void Store::for_each(std::int64_t campaign, const std::string& where,
                     const std::function<void(SeedResult)>& visit) {
  Statement statement(database_, std::string("SELECT ") + kColumns +
                                     " FROM result WHERE campaign = ?" + where + " ORDER BY seed");
  statement.bind(1, campaign);
  while (statement.row()) visit(row(statement));
}

std::vector<SeedResult> Store::failures(std::int64_t campaign) {
  std::vector<SeedResult> all;
  for_each(campaign, " AND verdict <> 'pass'",
           [&](SeedResult result) { all.push_back(std::move(result)); });
  return all;
}

std::string Store::digest(std::int64_t campaign) {
  trace::Digest digest;
  Statement statement(
      database_,
      "SELECT seed, digest, verdict, bucket FROM result WHERE campaign = ? ORDER BY "
      "seed");
  statement.bind(1, campaign);
  while (statement.row()) {
    digest.add(std::to_string(statement.number(0)) + " " + statement.octets(1) + " " +
               statement.octets(2) + " " + statement.octets(3) + "\n");
  }
  return digest.hex();
}

std::vector<std::string> Store::merge(Store& other) {
  std::vector<std::string> problems;
  begin();
  for (const auto& one : other.campaigns()) {
    const std::int64_t id = campaign(one.second);
    const std::set<std::string> exercised = other.exercised(one.first);
    for (const std::string& statement : exercised) {
      Statement insert(database_, "INSERT OR IGNORE INTO exercised VALUES (?, ?)");
      insert.bind(1, id).bind(2, statement);
      insert.row();
    }
    other.for_each(one.first, "", [&](const SeedResult& result) {
      if (auto problem = add(id, result)) problems.push_back(*std::move(problem));
    });
  }
  commit();
  return problems;
}

}  // namespace torpor::explore
