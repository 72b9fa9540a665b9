// The catalogue on networks drawn from a seed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tools/torpor/process.h"

namespace torpor::tool {
namespace {

Ended certify_on_a_random_network(const std::string& seed) {
  return run_torpor({"certify", "sim", "--network", "random", "--seed", seed});
}

std::string digest_in(const Ended& ended) {
  const auto at = ended.out.find("digest ");
  return at == std::string::npos ? "" : ended.out.substr(at, 7 + 32);
}

// Latency, splitting and order are the seed's: no verdict hangs on them, and the run repeats
// itself.
TEST(RandomNetwork, ChangesNoVerdictAndIsTheSameForTheSameSeed) {
  std::string previous;
  for (const std::string seed : {"1", "2"}) {
    const Ended first = certify_on_a_random_network(seed);
    const Ended again = certify_on_a_random_network(seed);
    EXPECT_EQ(first.exit, 0) << "seed " << seed << "\n" << first.out << first.err;
    EXPECT_THAT(digest_in(first), testing::SizeIs(7 + 32));
    EXPECT_EQ(digest_in(first), digest_in(again)) << "seed " << seed;
    EXPECT_NE(digest_in(first), previous) << "seed " << seed;
    previous = digest_in(first);
  }
}

}  // namespace
}  // namespace torpor::tool
