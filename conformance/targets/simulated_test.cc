#include "conformance/targets/simulated.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "conformance/scenario/loader.h"
#include "conformance/statements/registry.h"
#include "core/compat/parameters.h"

namespace torpor::targets {
namespace {

using ::testing::HasSubstr;

scenario::Case requested(const char* fetch, const char* message = "[]") {
  static const auto all = statements::embedded_registry().registry;
  Json json = {{"id", "targets/simulated"}, {"title", "A test"}, {"statements", {"HIB-14"}}};
  json["program"] = {{"fetch", Json::parse(fetch)}, {"message", Json::parse(message)}};
  json["steps"] = Json::parse(R"([{"do": "request", "client": "a"}])");
  json["properties"] = true;
  auto loaded = scenario::load_case(json, "simulated_test.cc", all);
  for (const scenario::Problem& problem : loaded.problems) ADD_FAILURE() << problem.to_string();
  return std::move(loaded.cases.at(0));
}

// Why the run was given up.
std::string given_up(const scenario::Case& one) {
  SimulatedOptions options = options_of(one, compat::parameters_of(compat::Profile::kParity));
  options.limits.turns_at_one_time_max = 1000;
  const std::atomic<bool> stop{false};
  const Simulated simulated = simulate(one, std::move(options), stop);
  const auto* error = std::get_if<run::RunError>(&simulated.events);
  return error ? error->message : "it was not";
}

TEST(Simulated, TwoEndsThatAnswerEachOtherForEverAreGivenUp) {
  EXPECT_THAT(given_up(requested(R"([{"op": "pair"}, {"op": "accept"},
                                     {"op": "accept", "on": "client", "name": "far"},
                                     {"op": "send", "data": "x"}])",
                                 R"([{"op": "send", "data": "x"}])")),
              HasSubstr("1001 turns of objects at"));
}

TEST(Simulated, AQueryWithoutAnEndIsGivenUp) {
  for (const char* what : {"x", "count(*)"}) {
    const std::string query =
        "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT " +
        std::string(what) + " FROM c";
    const Json sql = {{{"op", "sql"}, {"query", query}}};
    EXPECT_THAT(given_up(requested(sql.dump().c_str())), HasSubstr("1001 turns of objects at"));
  }
}

}  // namespace
}  // namespace torpor::targets
