// Results of campaigns in SQLite: what was explored, under which settings, and what came of it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/json.h"
#include "core/object/database.h"

namespace torpor::explore {

// The database cannot be used, with the file and the reason.
struct StoreError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// What one seed came to.
struct SeedResult {
  std::uint64_t seed = 0;
  std::string digest;                   // empty when the run did not come to its end
  std::string verdict;                  // "pass", "fail", "disorder", "stuck", "crash", "hang"
  std::string bucket;                   // what failures are put together by; empty when it passed
  std::vector<std::string> statements;  // that are broken
  std::string message;
  std::uint64_t events = 0;
  bool followed = false;               // the properties could judge all of it
  std::vector<std::string> families;   // of faults that were on
  std::vector<std::string> exercised;  // statements; only those new to the worker that ran it
  Json scenario;                       // of a failure: the file that shows it again

  bool passed() const { return verdict == "pass"; }
};

Json to_json(const SeedResult& result);
// Throws StoreError for what is no result.
SeedResult result_from_json(const Json& json);

struct Bucket {
  std::string name;
  std::uint64_t count = 0;
  std::uint64_t first_seed = 0;
};

class Store {
 public:
  // `path` empty: in memory. Makes the file when there is none. Throws StoreError for a file that
  // is no store of results, or of another format.
  // `must_exist`: an empty file is refused, too, and left as it is.
  explicit Store(const std::string& path, bool must_exist = false);

  // The number of the campaign with these settings (any text); a new one when there is none.
  std::int64_t campaign(const std::string& settings);
  std::vector<std::pair<std::int64_t, std::string>> campaigns();

  // Kept at the end of the transaction; an equal one of the same seed changes nothing. The message
  // says what is wrong with two that differ: the run is not deterministic.
  std::optional<std::string> add(std::int64_t campaign, const SeedResult& result);
  void begin() { database_.execute("BEGIN IMMEDIATE"); }  // no other process writes until commit()
  void commit() { database_.execute("COMMIT"); }

  std::set<std::uint64_t> seeds(std::int64_t campaign);
  std::uint64_t count(std::int64_t campaign);
  std::uint64_t events(std::int64_t campaign);
  std::set<std::string> exercised(std::int64_t campaign);
  std::vector<Bucket> buckets(std::int64_t campaign);
  std::vector<SeedResult> failures(std::int64_t campaign);
  // Over seed, digest, verdict and bucket of each result, by seed: equal for any number of workers.
  std::string digest(std::int64_t campaign);

  // Takes in everything of another store; the messages of add().
  std::vector<std::string> merge(Store& other);

 private:
  void for_each(std::int64_t campaign, const std::string& where,
                const std::function<void(SeedResult)>& visit);
  object::Database database_;
};

}  // namespace torpor::explore
