// Every row of the table of parameters is noticed by the catalogue.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/compat/parameters.h"
#include "tools/torpor/process.h"

namespace torpor::tool {
namespace {

using ::testing::HasSubstr;

// What a rule without effect would be: a switch the other way round, a limit one higher, a time
// twice as long.
std::string undone(const compat::ParameterRule& rule, std::int64_t value) {
  const std::string name(rule.name);
  if (value <= 1) return name + "=" + std::to_string(1 - value);
  const bool time = name.find("_ms") != std::string::npos && name != "event_timeout_ms_max";
  return name + "=" + std::to_string(time ? value * 2 : value + 1);
}

// "conformant  sim 0.1.0 · parity  597 pass, 1 pass by alternative": from the counts on.
std::string counts_in(const Ended& ended) {
  const auto end = ended.out.rfind("\n", ended.out.rfind("digest"));
  const auto begin = ended.out.rfind("\u00b7", end);
  return ended.out.substr(begin, end - begin);
}

Ended certify(const std::string& profile, const std::string& assignment = "") {
  std::vector<std::string> arguments = {"certify", "sim", "--profile", profile};
  if (!assignment.empty()) arguments.insert(arguments.end(), {"--set", assignment});
  return run_torpor(arguments);
}

constexpr std::size_t kShards = 4;
class EveryParameter : public testing::TestWithParam<std::size_t> {};
INSTANTIATE_TEST_SUITE_P(Shards, EveryParameter, testing::Range(std::size_t{0}, kShards));

// Each row of the table is of the model: by parity or by the documentation a case fails without it,
// or takes another of the outcomes that are allowed.
TEST_P(EveryParameter, ChangesTheVerdictOnSomeCase) {
  const std::string parity = counts_in(certify("parity"));
  const std::string documented = counts_in(certify("documented"));
  ASSERT_THAT(parity, HasSubstr(" pass"));
  const auto rules = compat::parameter_rules();
  for (std::size_t i = GetParam(); i < rules.size(); i += kShards) {
    const compat::ParameterRule& rule = rules[i];
    EXPECT_TRUE(counts_in(certify("parity", undone(rule, rule.parity))) != parity ||
                counts_in(certify("documented", undone(rule, rule.documented))) != documented)
        << rule.name;
  }
}

}  // namespace
}  // namespace torpor::tool
