// Results that were written before: report and compare.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
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

TEST(ReportVerb, WritesWhereALinkPointsAndKeepsWhoMayRead) {
  namespace fs = std::filesystem;
  Scratch scratch;
  const std::string good = scratch.write("good.jsonl", text_of(passing()));
  const std::string page = scratch.write("page.html", "before");
  const fs::perms mine = fs::perms::owner_read | fs::perms::owner_write;
  fs::permissions(page, mine);
  fs::create_symlink(page, scratch.path("link.html"));
  EXPECT_EQ(run_torpor({"report", good, "--html", scratch.path("link.html")}).exit, 0);
  EXPECT_TRUE(fs::is_symlink(scratch.path("link.html")));
  EXPECT_THAT(read_whole(page), HasSubstr("</html>"));
  EXPECT_EQ(fs::status(page).permissions(), mine);
}

TEST(ReportVerb, ADeviceIsWrittenToAndNotReplaced) {
  namespace fs = std::filesystem;
  Scratch scratch;
  const std::string good = scratch.write("good.jsonl", text_of(passing()));
  const Ended full = run_torpor({"report", good, "--html", "/dev/full"});
  EXPECT_EQ(full.exit, 2);
  EXPECT_THAT(full.err, HasSubstr("/dev/full: cannot be written: No space left on device"));
  EXPECT_TRUE(fs::is_character_file("/dev/full"));
}

TEST(CertifyVerb, OneFileHoldsOneThing) {
  Scratch scratch;
  const std::string file = scratch.path("both");
  const Ended ended = run_torpor({"certify", "sim", "--results", file, "--html", file});
  EXPECT_EQ(ended.exit, 2);
  EXPECT_THAT(ended.err, HasSubstr("--html and --results are both "));
}

TEST(CertifyVerb, TwoDoNotWriteTheSameResults) {
  Scratch scratch;
  const std::string file = scratch.path("r.jsonl");
  const int other = open(file.c_str(), O_RDWR | O_CREAT, 0600);
  ASSERT_EQ(flock(other, LOCK_EX), 0);
  const Ended second = run_torpor({"certify", "sim", "--filter", "tags/*", "--results", file});
  EXPECT_EQ(second.exit, 2);
  EXPECT_THAT(second.err, HasSubstr("another torpor is writing its results there"));
  close(other);
  EXPECT_EQ(run_torpor({"certify", "sim", "--filter", "tags/*", "--results", file}).exit, 0);
}

// Whatever the command, and whether or not its output is long: what nobody got is no success.
TEST(AnyVerb, StandardOutputThatCannotBeWrittenIsTold) {
  Scratch scratch;
  const std::string err = scratch.path("err");
  const std::string command = std::string(TORPOR_BINARY) + " --version >/dev/full 2>" + err;
  const int status = std::system(command.c_str());
  EXPECT_EQ(WEXITSTATUS(status), 4);
  EXPECT_EQ(read_whole(err),
            "torpor: standard output could not be written: No space left on device\n");
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
