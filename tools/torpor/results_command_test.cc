// Results that were written before: report and compare.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>
#include <utility>

#include "conformance/report/results_writer.h"
#include "conformance/report/sample_results.h"
#include "tools/torpor/process.h"

namespace torpor::tool {
namespace {

using ::testing::HasSubstr;

std::string text_of(const report::Results& results) {
  std::ostringstream out;
  report::ResultsWriter writer(out, results.header);
  for (const report::CaseResult& result : results.cases) writer.add(result);
  writer.finish(report::exit_of(results), results.digests);
  return out.str();
}

report::Results passing() {
  report::Results results = report::sample_results();
  results.cases.pop_back();
  return results;
}

TEST(ReportVerb, ShowsResultsAgainAndEndsAsTheyDid) {
  Scratch scratch;
  std::string good = scratch.write("good.jsonl", text_of(passing()));
  std::string bad = scratch.write("bad.jsonl", text_of(report::sample_results()));
  EXPECT_EQ(run_torpor({"report", good}).exit, 0);
  Ended ended = run_torpor({"report", good, bad, "--html", scratch.path("r.html")});
  EXPECT_EQ(ended.exit, 1) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("fail · unanswered"));
  EXPECT_THAT(read_whole(scratch.path("r.html")), HasSubstr("</html>"));
}

TEST(ReportVerb, ACutFileIsShownAndEndsWithFive) {
  Scratch scratch;
  std::string text = text_of(passing());
  std::string cut = scratch.write("cut.jsonl", text.substr(0, text.rfind("{\"end\"")));
  Ended ended = run_torpor({"report", cut});
  EXPECT_EQ(ended.exit, 5);
  EXPECT_THAT(ended.err, HasSubstr("was cut"));
  EXPECT_THAT(ended.out, HasSubstr("pass · clean"));
}

TEST(ReportVerb, ADamagedOrMissingFileEndsWithTwo) {
  Scratch scratch;
  Ended damaged = run_torpor({"report", scratch.write("x.jsonl", "{\"torpor_results\":1}\n")});
  EXPECT_EQ(damaged.exit, 2);
  EXPECT_THAT(damaged.err, HasSubstr("x.jsonl:1: "));
  EXPECT_EQ(run_torpor({"report", scratch.path("absent.jsonl")}).exit, 2);
  std::string good = scratch.write("good.jsonl", text_of(passing()));
  Ended unwritable = run_torpor({"report", good, "--html", scratch.path("no/such/folder.html")});
  EXPECT_EQ(unwritable.exit, 2);
  EXPECT_THAT(unwritable.err, HasSubstr("cannot be written"));
}

TEST(ReportVerb, AFolderIsNoFileOfResults) {
  Scratch scratch;
  const std::string folder = scratch.path("results");
  std::filesystem::create_directory(folder);
  for (const Ended& ended :
       {run_torpor({"report", folder}), run_torpor({"compare", folder, folder})}) {
    EXPECT_EQ(ended.exit, 2);
    EXPECT_THAT(ended.err, HasSubstr(folder + ": is a folder, not a file of results"));
  }
}

TEST(CompareVerb, ACutFileEndsWithFiveUnlessWhatIsThereDiffers) {
  Scratch scratch;
  const std::string text = text_of(passing());
  const std::string whole = scratch.write("whole.jsonl", text);
  const std::string cut = scratch.write("cut.jsonl", text.substr(0, text.rfind("{\"end\"")));
  for (const auto& [before, after] : {std::pair(cut, cut), {cut, whole}, {whole, cut}}) {
    const Ended ended = run_torpor({"compare", before, after});
    EXPECT_EQ(ended.exit, 5) << before << " " << after;
    EXPECT_THAT(ended.out, HasSubstr("0 of "));
    EXPECT_THAT(ended.err, HasSubstr("cut.jsonl: was cut"));
  }
  report::Results other = passing();
  other.cases[0].verdict = report::sample_failure().verdict;
  EXPECT_EQ(run_torpor({"compare", cut, scratch.write("other.jsonl", text_of(other))}).exit, 1);
}

TEST(CompareVerb, TellsWhatChanged) {
  Scratch scratch;
  report::Results before = passing();
  report::Results after = passing();
  after.cases[0].verdict = report::sample_failure().verdict;
  std::string old_file = scratch.write("old.jsonl", text_of(before));
  std::string new_file = scratch.write("new.jsonl", text_of(after));
  EXPECT_EQ(run_torpor({"compare", old_file, old_file}).exit, 0);
  Ended ended = run_torpor({"compare", old_file, new_file});
  EXPECT_EQ(ended.exit, 1);
  EXPECT_THAT(ended.out, HasSubstr("parity: pass · clean -> fail · unanswered"));
}

}  // namespace
}  // namespace torpor::tool
