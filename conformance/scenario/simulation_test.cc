#include "conformance/scenario/simulation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conformance/scenario/json_document.h"

namespace torpor::scenario {
namespace {

using ::testing::HasSubstr;

struct Read {
  Simulation simulation;
  std::vector<Problem> problems;
};

Read read(const Json& json) {
  Read result;
  const JsonDocument document{"test.json", {}, {}};
  Diagnostics diagnostics(document, result.problems);
  result.simulation = read_simulation(diagnostics, parse_json_or_null(json.dump()), "/simulation");
  return result;
}

TEST(Simulation, IsReadAsItIsWritten) {
  const Json json = {{"seed", 18446744073709551615u},
                     {"network",
                      {{"latencyUsMin", 100},
                       {"latencyUsMax", 20000},
                       {"chunkOctetsMax", 7},
                       {"cut", 5000},
                       {"shuffle", true}}},
                     {"objects", {{"evict", 1000000}, {"crash", 20000}}},
                     {"choices", Json::array({Json::array({3u, 2u, 0u, 999999u})})}};
  const Read result = read(json);
  EXPECT_TRUE(result.problems.empty());
  EXPECT_EQ(to_json(result.simulation), json);
}

TEST(Simulation, OfNothingIsACalmRun) {
  const Read result = read(Json::object());
  EXPECT_TRUE(result.problems.empty());
  EXPECT_FALSE(result.simulation.objects.any());
  EXPECT_EQ(result.simulation.network.latency_max, sim::NetworkOptions{}.latency_max);
  EXPECT_FALSE(result.simulation.choices);
}

TEST(Simulation, ToldWhatIsWrong) {
  const auto problem = [](const Json& json) {
    const Read result = read(json);
    return result.problems.empty() ? "" : result.problems.front().to_string();
  };
  EXPECT_THAT(problem({{"seed", -1}}), HasSubstr("whole number"));
  EXPECT_THAT(problem({{"network", {{"lag", 1}}}}), HasSubstr("lag"));
  EXPECT_THAT(problem({{"network", {{"cut", 1000001}}}}), HasSubstr("1000000"));
  EXPECT_THAT(problem({{"network", {{"latencyUsMin", 9}, {"latencyUsMax", 5}}}}),
              HasSubstr("latencyUsMin"));
  EXPECT_THAT(problem({{"network", {{"windowOctets", 0}}}}), HasSubstr("at least 1"));
  EXPECT_THAT(problem({{"objects", {{"explode", 1}}}}), HasSubstr("explode"));
  EXPECT_THAT(problem({{"choices", Json::array({Json::array({3u, 2u})})}}),
              HasSubstr("[kind, entity, nth, value]"));
  EXPECT_THAT(problem({{"choices", Json::array({Json::array({99u, 2u, 0u, 1u})})}}),
              HasSubstr("unknown kind"));
}

}  // namespace
}  // namespace torpor::scenario
