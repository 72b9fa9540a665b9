// The model against what the real server was seen to do.
#include <gtest/gtest.h>

#include <filesystem>

#include "tools/torpor/process.h"

namespace torpor::tool {
namespace {

std::size_t occurrences(const std::string& text, const std::string& what) {
  std::size_t count = 0;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

TEST(RecordedTraces, AreTheSameOnTheModel) {
  std::size_t traces = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(TORPOR_TRACES)) {
    traces += entry.path().extension() == ".jsonl" ? 1 : 0;
  }
  ASSERT_GT(traces, 0u);
  const Ended ended = run_torpor({"replay", TORPOR_TRACES});
  EXPECT_EQ(ended.exit, 0) << ended.out << ended.err;
  EXPECT_EQ(occurrences(ended.out, "same      "), traces);
}

}  // namespace
}  // namespace torpor::tool
