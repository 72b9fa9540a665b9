// torpor explore, shrink and merge, as their users run them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "core/json.h"
#include "core/mutants.h"
#include "core/object/database.h"
#include "tools/torpor/process.h"

namespace torpor::tool {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;

// An empty folder of the test's own.
class ExploreCommand : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::temp_directory_path() /
              (std::string("torpor-explore-") + info->name() + "-" + std::to_string(getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).generic_string(); }

  Ended explore(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "explore");
    arguments.insert(arguments.end(), {"--save", path("failures")});
    return run_torpor(arguments, std::chrono::seconds(250));
  }
  static std::string digest_in(const Ended& ended) {
    const auto at = ended.out.find("digest");
    return at == std::string::npos ? ended.err : ended.out.substr(at, 44);
  }

  fs::path folder_;
};

TEST_F(ExploreCommand, FindsNothingOnTheModel) {
  const Ended ended = explore({"--seeds", "1..200", "--json"});
  EXPECT_EQ(ended.exit, 0) << ended.out << ended.err;
  const Json json = parse_json_or_null(ended.out);
  EXPECT_EQ(json.at("seeds"), 200);
  EXPECT_TRUE(json.at("found").empty());
  EXPECT_GT(json.at("statements").size(), 20u);
}

TEST_F(ExploreCommand, GivesTheSameDigestForAnyJobsShardsAndKills) {
  const std::string whole = digest_in(explore({"--seeds", "1..150", "--jobs", "1"}));
  EXPECT_EQ(digest_in(explore({"--seeds", "1..150", "--jobs", "3"})), whole);
  for (const char* shard : {"1/3", "2/3", "3/3"})
    explore({"--seeds", "1..150", "--shard", shard, "--db", path("shards.sqlite")});
  EXPECT_EQ(digest_in(run_torpor({"merge", path("shards.sqlite")}, std::chrono::seconds(60))),
            whole);
  // Killed in the middle, and gone on with.
  const std::string db = path("killed.sqlite");
  const pid_t pid = fork();
  if (pid == 0) {
    execl(TORPOR_BINARY, TORPOR_BINARY, "explore", "--seeds", "1..150", "--db", db.c_str(),
          "--save", path("failures").c_str(), nullptr);
    _exit(1);
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(60));
  kill(pid, SIGKILL);
  waitpid(pid, nullptr, 0);
  EXPECT_EQ(digest_in(explore({"--seeds", "1..150", "--db", db})), whole);
}

TEST_F(ExploreCommand, AWorkerProcessThatIsKilledFromOutsideIsNoFinding) {
  Running running({"explore", "--seeds", "1..150", "--jobs", "1", "--save", path("failures")});
  std::optional<int> worker;
  ASSERT_TRUE(soon([&] { return (worker = child_of(running.pid())).has_value(); }));
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  ::kill(*worker, SIGKILL);
  const Ended ended = running.wait(std::chrono::seconds(250));
  EXPECT_EQ(ended.exit, 0) << ended.out << ended.err;
  EXPECT_EQ(digest_in(ended), digest_in(explore({"--seeds", "1..150", "--jobs", "1"})));
}

TEST_F(ExploreCommand, TellsWhatIsWrongWithItsOptions) {
  EXPECT_THAT(explore({"--seeds", "9..1"}).err, HasSubstr("the last is before the first"));
  EXPECT_THAT(explore({"--seeds", "x"}).err, HasSubstr("no whole number"));
  EXPECT_THAT(explore({"--budget", "never"}).err, HasSubstr("no whole number"));
  EXPECT_THAT(explore({"--shard", "3/2"}).err, HasSubstr("I/N"));
  EXPECT_THAT(explore({"--family", "earthquake"}).err, HasSubstr("known: latency"));
  EXPECT_THAT(explore({"--from", "xyz"}).err, HasSubstr("hexadecimal"));
  EXPECT_EQ(explore({"--seeds", "9..1"}).exit, 2);
}

TEST_F(ExploreCommand, RefusesADatabaseThatIsNone) {
  std::ofstream(path("no.sqlite")) << "this is not a database, however long it is made to be";
  const Ended ended = explore({"--seeds", "1..2", "--db", path("no.sqlite")});
  EXPECT_EQ(ended.exit, 2);
  EXPECT_THAT(ended.err, HasSubstr("no.sqlite"));
}

TEST_F(ExploreCommand, LeavesAloneADatabaseOfAnother) {
  const std::string file = path("other.sqlite");
  object::Database(file).execute("CREATE TABLE theirs(x)");
  const Ended ended = explore({"--seeds", "1..2", "--jobs", "1", "--db", file});
  EXPECT_EQ(ended.exit, 2);
  EXPECT_THAT(ended.err, HasSubstr("holds no results of torpor explore; nothing was written"));
  EXPECT_FALSE(object::Database(file).has_table("torpor"));
}

TEST_F(ExploreCommand, SeveralMayShareADatabase) {
  const std::string file = path("shared.sqlite");
  std::vector<std::unique_ptr<Running>> all;
  for (const char* seeds : {"1..20", "21..40", "41..60"}) {
    all.push_back(std::make_unique<Running>(std::vector<std::string>{
        "explore", "--seeds", seeds, "--jobs", "1", "--once", "--db", file, "--save", path("f")}));
  }
  for (const auto& one : all) EXPECT_EQ(one->wait().exit, 0);
  EXPECT_THAT(run_torpor({"merge", file}).out, HasSubstr("60 seeds"));
}

TEST_F(ExploreCommand, MergeLeavesAloneWhatHoldsNoResults) {
  std::ofstream(path("empty.sqlite")).flush();
  const Ended ended = run_torpor({"merge", path("empty.sqlite")}, std::chrono::seconds(60));
  EXPECT_EQ(ended.exit, 2);
  EXPECT_THAT(ended.err, HasSubstr("holds no results"));
  EXPECT_EQ(fs::file_size(path("empty.sqlite")), 0u);
}

TEST_F(ExploreCommand, ShrinkRefusesWhatDoesNotFail) {
  std::ofstream(path("fine.json")) << R"({"id":"fine","title":"Fine","statements":["HIB-14"],
    "program":{"fetch":[{"op":"upgrade","api":"hibernation"}]},
    "steps":[{"do":"connect","client":"a"}],"properties":true})";
  const Ended ended = run_torpor({"shrink", path("fine.json")}, std::chrono::seconds(60));
  EXPECT_EQ(ended.exit, 2);
  EXPECT_THAT(ended.err, HasSubstr("does not fail"));
}

TEST_F(ExploreCommand, WhatWasFoundOnceIsMendedForEver) {
  std::vector<std::string> files = {"explore"};
  for (const auto& entry : fs::directory_iterator(fs::path(TORPOR_TRACES) / "regressions")) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  ASSERT_GT(files.size(), 1u);
  const Ended ended = run_torpor(files, std::chrono::seconds(60));
  EXPECT_EQ(ended.exit, 0) << ended.out << ended.err;
}

// Found, minimised, replayed from the saved file, each by one command; more of them:
// tools/planted_faults.sh.
class PlantedFault : public ExploreCommand, public ::testing::WithParamInterface<const char*> {};

TEST_P(PlantedFault, IsFoundAndMadeSmallAndShownAgain) {
  if (!mutants::kAvailable) GTEST_SKIP() << "built without them";
  const std::string mutant = GetParam();
  std::string failure;
  for (int from = 1; failure.empty() && from < 3000; from += 100) {
    explore(
        {"--seeds", std::to_string(from) + ".." + std::to_string(from + 99), "--mutant", mutant});
    if (!fs::exists(path("failures"))) continue;
    for (const auto& entry : fs::directory_iterator(path("failures"))) failure = entry.path();
  }
  ASSERT_NE(failure, "") << mutant << " was not found";
  const std::string minimal = path("minimal.json");
  const Ended shrunk =
      run_torpor({"shrink", failure, "-o", minimal, "--mutant", mutant}, std::chrono::seconds(200));
  ASSERT_EQ(shrunk.exit, 0) << shrunk.out << shrunk.err;
  std::ifstream in(minimal);
  EXPECT_LE(Json::parse(in).at("steps").size(), 20u);
  EXPECT_EQ(run_torpor({"explore", minimal, "--mutant", mutant}, std::chrono::seconds(60)).exit, 1);
  EXPECT_EQ(run_torpor({"explore", minimal}, std::chrono::seconds(60)).exit, 0);
}

INSTANTIATE_TEST_SUITE_P(Mutants, PlantedFault,
                         ::testing::Values("waking-message-lost", "attachment-lost-asleep"));

}  // namespace
}  // namespace torpor::tool
