// The whole catalogue on real servers, over real TCP. Each takes the better part of a minute, most
// of it waiting for evictions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "conformance/report/contradictions.h"
#include "conformance/report/results_reader.h"
#include "tools/torpor/process.h"

namespace torpor::tool {
namespace {

using ::testing::HasSubstr;

constexpr std::chrono::seconds kPatience{280};

statements::Registry registry() {
  return statements::embedded_registry().registry;
}

report::Results results_in(const std::string& path) {
  return std::get<report::Results>(report::read_results_file(path));
}

std::set<std::string> statements_of(const std::vector<report::Contradiction>& contradictions) {
  std::set<std::string> ids;
  for (const report::Contradiction& contradiction : contradictions)
    ids.insert(contradiction.statement);
  return ids;
}

// One run, judged by what the runtime is known to do and by what the documentation says.
class TheRealWorkerd : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    Scratch scratch;
    const std::string file = scratch.path("r.jsonl");
    ended = run_torpor(
        {"certify", "workerd", "--profile", "parity", "--profile", "documented", "--results", file},
        kPatience);
    ASSERT_EQ(ended.exit, 1) << ended.out << ended.err;
    results = results_in(file);
  }

  static std::vector<report::CaseResult> results_by(compat::Profile profile) {
    std::vector<report::CaseResult> found;
    for (const report::CaseResult& result : results.cases)
      if (result.profile == profile) found.push_back(result);
    return found;
  }

  static inline Ended ended;
  static inline report::Results results;
};

TEST_F(TheRealWorkerd, PassesByParity) {
  const auto cases = results_by(compat::Profile::kParity);
  EXPECT_GT(cases.size(), 900u);
  for (const report::CaseResult& result : cases)
    EXPECT_TRUE(report::is_good(result)) << result.case_id << "\n" << ended.out;
}

TEST_F(TheRealWorkerd, ByTheDocumentationFailsExactlyWhereItDisagrees) {
  const auto contradictions = report::contradictions_of(results, registry());
  const std::set<std::string> known = {"ACL-04",   "ATT-01", "AUTO-04", "AUTO-07",
                                       "CLOSE-11", "HIB-07", "RS-05",   "TAG-02"};
  EXPECT_EQ(statements_of(contradictions), known);
  for (const std::string& id : known) EXPECT_THAT(ended.out, HasSubstr("\n  " + id + " "));
  const auto cases = results_by(compat::Profile::kDocumented);
  EXPECT_GT(cases.size(), 800u);
  for (const report::CaseResult& result : cases) {
    const bool failed = result.verdict.outcome == judge::Outcome::kFail;
    EXPECT_EQ(failed, !result.contradictions.empty()) << result.case_id;
    EXPECT_TRUE(failed || report::is_good(result)) << result.case_id;
  }
}

TEST(Certification, TheReferenceServerOnTcpPassesByParity) {
  Running server({"serve"});
  std::string out;
  for (int i = 0; i < 1000 && out.find('\n') == std::string::npos; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    out = server.out_so_far();
  }
  const std::size_t address = out.find("127.");
  ASSERT_NE(address, std::string::npos) << out;
  const std::string target = "tcp://" + out.substr(address, out.find('\n') - address);
  const Ended ended = run_torpor({"certify", target, "--profile", "parity"}, kPatience);
  EXPECT_EQ(ended.exit, 0) << ended.out << ended.err;
}

}  // namespace
}  // namespace torpor::tool
