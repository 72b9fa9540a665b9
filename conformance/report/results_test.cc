#include <gtest/gtest.h>

#include <sstream>

#include "conformance/report/result_json.h"
#include "conformance/report/results_reader.h"
#include "conformance/report/results_writer.h"
#include "conformance/report/sample_results.h"

namespace torpor::report {
namespace {

using judge::ExitCode;

std::string written(const Results& results) {
  std::ostringstream out;
  ResultsWriter writer(out, results.header);
  for (const CaseResult& result : results.cases) writer.add(result);
  writer.finish(exit_of(results), results.digests);
  return out.str();
}

Results read(const std::string& text) {
  std::istringstream in(text);
  auto read = read_results(in, "r.jsonl");
  if (auto* error = std::get_if<ReadError>(&read)) {
    ADD_FAILURE() << error->message;
    return {};
  }
  return std::get<Results>(std::move(read));
}

std::string error_of(const std::string& text) {
  std::istringstream in(text);
  auto read = read_results(in, "r.jsonl");
  auto* error = std::get_if<ReadError>(&read);
  return error == nullptr ? "" : error->message;
}

TEST(Results, ComeBackAsTheyWereWritten) {
  Results results = sample_results();
  results.cases.push_back(sample_contradiction());
  results.cases.push_back(sample_pass());
  results.cases.back().error = RunError{ExitCode::kTarget, "connection refused"};
  Results back = read(written(results));
  EXPECT_TRUE(back.complete);
  EXPECT_EQ(back.exit, ExitCode::kTarget);
  EXPECT_EQ(written(back), written(results));
  ASSERT_EQ(back.cases.size(), 4u);
  EXPECT_EQ(back.cases[1].verdict.divergences.at(0).explanation, sample_divergence().explanation);
  EXPECT_EQ(back.cases[1].events.at(1).members, Json({{"how", "fin"}}));
  EXPECT_EQ(back.cases[3].error->message, "connection refused");
}

TEST(Results, CutAtAnyOctetKeepsTheWholeLinesAndIsIncomplete) {
  std::string text = written(sample_results());
  std::size_t header_end = text.find('\n');
  for (std::size_t length = header_end + 1; length < text.size() - 1; ++length) {
    Results back = read(text.substr(0, length));
    auto lines = static_cast<std::size_t>(
        std::count(text.begin(), text.begin() + static_cast<long>(length), '\n'));
    ASSERT_FALSE(back.complete) << length;
    ASSERT_GE(back.cases.size(), lines - 1);
    ASSERT_NE(exit_of(back), ExitCode::kConformant);
  }
}

TEST(Results, CutWithOnlyPassesIsIncomplete) {
  Results results = sample_results();
  results.cases.pop_back();
  std::string text = written(results);
  Results back = read(text.substr(0, text.rfind("{\"end\"")));
  EXPECT_EQ(back.cases.size(), 1u);
  EXPECT_EQ(back.exit, ExitCode::kIncomplete);
  EXPECT_EQ(exit_of(back), ExitCode::kIncomplete);
}

TEST(Results, DamageIsRefusedWithItsLine) {
  std::string text = written(sample_results());
  std::string damaged = text;
  damaged.replace(damaged.find("\"fail\""), 6, "\"fine\"");
  EXPECT_NE(error_of(damaged).find("r.jsonl:3: \"fine\" is no known value of outcome"),
            std::string::npos)
      << error_of(damaged);
  std::string dropped = text;
  std::size_t second = dropped.find('\n') + 1;
  dropped.erase(second, dropped.find('\n', second) + 1 - second);
  EXPECT_NE(error_of(dropped).find("the footer counts 2 results, the file has 1"),
            std::string::npos);
  EXPECT_NE(error_of("{\"torpor_trace\":1}\n").find("r.jsonl:1: not a results file"),
            std::string::npos);
  EXPECT_NE(error_of("").find("empty"), std::string::npos);
}

TEST(Results, AWriterThatCannotWriteThrows) {
  std::ostringstream out;
  ResultsWriter writer(out, {});
  out.setstate(std::ios::badbit);
  EXPECT_THROW(writer.add(sample_pass()), std::ios_base::failure);
}

TEST(Results, ExitCodeIsTheWorst) {
  Results results = sample_results();
  EXPECT_EQ(exit_of(results), ExitCode::kNotConformant);
  std::vector<Column> columns = columns_of(results);
  ASSERT_EQ(columns.size(), 2u);
  EXPECT_EQ(exit_of(results, columns[0]), ExitCode::kConformant);
  EXPECT_EQ(exit_of(results, columns[1]), ExitCode::kNotConformant);
}

TEST(Results, NothingJudgedIsNeverGreen) {
  Results results = sample_results();
  results.cases = {};
  EXPECT_EQ(exit_of(results), ExitCode::kUsage);
  results.cases = {sample_pass()};
  results.cases[0].verdict.outcome = judge::Outcome::kNotApplicable;
  EXPECT_EQ(exit_of(results), ExitCode::kUsage);
  results.cases = {sample_pass()};
  results.cases[0].verdict.outcome = judge::Outcome::kNotTestable;
  EXPECT_EQ(exit_of(results), ExitCode::kHarness);
}

TEST(Results, AFailureIsNotHiddenBehindWhatCouldNotBeTested) {
  Results results = sample_results();
  results.cases.push_back(sample_failure());
  results.cases.back().case_id = "deploy/drops";
  results.cases.back().verdict = judge::not_testable("no deploy control");
  const Column workerd = columns_of(results).at(1);
  EXPECT_EQ(exit_of(results, workerd), ExitCode::kHarness);
  EXPECT_EQ(word_for(results, workerd), "not conformant");
  results.cases.erase(results.cases.begin() + 1);
  EXPECT_EQ(word_for(results, workerd), "not decided");
}

TEST(Results, AreSortedByIdWithNumbersByTheirValue) {
  Results results;
  for (const char* id :
       {"tags/limit[size=100]", "tags/limit[size=9]", "close/b", "tags", "close/b"}) {
    results.cases.push_back(sample_pass());
    results.cases.back().case_id = id;
    results.cases.back().attempt = static_cast<unsigned>(results.cases.size());
  }
  sort_cases(results);
  std::vector<std::string> ids;
  for (const CaseResult& result : results.cases) ids.push_back(result.case_id);
  EXPECT_EQ(ids, (std::vector<std::string>{"close/b", "close/b", "tags", "tags/limit[size=9]",
                                           "tags/limit[size=100]"}));
  EXPECT_LT(results.cases[0].attempt, results.cases[1].attempt);
}

TEST(Results, OfTheSameCaseTwiceTheWorseIsShown) {
  Results results = sample_results();
  CaseResult pass = sample_failure();
  pass.verdict = sample_pass().verdict;
  results.cases.push_back(pass);
  const Column column = columns_of(results).at(1);
  EXPECT_EQ(cell_of(results, pass.case_id, column), &results.cases[1]);
  EXPECT_EQ(cell_of(results, "other", column), nullptr);
}

TEST(Results, AppendIsCompleteOnlyWhenBothAre) {
  Results all;
  all.complete = true;
  append(all, sample_results());
  EXPECT_TRUE(all.complete);
  Results cut = sample_results();
  cut.complete = false;
  append(all, cut);
  EXPECT_FALSE(all.complete);
  EXPECT_EQ(all.cases.size(), 4u);
}

}  // namespace
}  // namespace torpor::report
