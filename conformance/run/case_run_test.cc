#include "conformance/run/case_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "conformance/scenario/loader.h"
#include "reference-server/fixture/fixture_app.h"
#include "reference-server/samples/samples.h"
#include "sim/world.h"

namespace torpor::run {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

server::ServerOptions serving(std::unique_ptr<server::App> app) {
  server::ServerOptions options;
  options.app = std::move(app);
  return options;
}

server::ServerOptions fixture() {
  return serving(server::fixture::make_fixture_app({}));
}

sim::NetworkOptions with_latency(Duration latency) {
  sim::NetworkOptions network;
  network.latency_min = network.latency_max = latency;
  return network;
}

// A case with these steps and one program: it says what it was sent.
constexpr const char* kSaysIt = R"("program":{
    "fetch":{"out":[{"op":"newWebSocket","remote":"r"}],"*":[{"op":"upgrade","api":"hibernation"}]},
    "open":[{"op":"send","data":"hi"}],
    "message":[{"op":"send","data":{"$":"event","field":"message"}}]})";

scenario::Case case_with(const std::string& steps, const std::string& object = kSaysIt,
                         const std::string& expect = R"({"object":[]})") {
  statements::Registry registry;
  registry.add_text(R"([{"id":"S","text":"t","level":"must","sources":[{"source":"docs"}]}])", "s");
  const std::string text = R"({"id":"a/b","title":"t","statements":["S"],"settleMs":100,)" +
                           object + R"(,"steps":)" + steps + R"(,"expect":)" + expect + "}";
  const scenario::Loaded loaded = scenario::load_scenario_text(text, "a.json", registry);
  for (const scenario::Problem& problem : loaded.problems) ADD_FAILURE() << problem.to_string();
  return loaded.cases.at(0);
}

// A target whose control calls the faults of the network do not spare.
class Unspared final : public sim::ClientTransport {
 public:
  explicit Unspared(sim::World& world) : world_(world) {}
  sim::ChannelId connect(sim::ChannelHandler& handler) override { return world_.connect(handler); }
  void write(sim::ChannelId id, std::string octets) override {
    world_.write(id, std::move(octets));
  }
  void finish(sim::ChannelId id) override { world_.finish(id); }
  void reset(sim::ChannelId id) override { world_.reset(id); }
  void stop_reading(sim::ChannelId id) override { world_.stop_reading(id); }
  void resume_reading(sim::ChannelId id) override { world_.resume_reading(id); }
  sim::Listening listen(sim::AcceptHandler& handler) override { return world_.listen(handler); }
  void stop_listening(sim::ListenerId id) override { world_.stop_listening(id); }

 private:
  sim::World& world_;
};

class CaseRunTest : public testing::Test {
 protected:
  using Result = std::variant<std::vector<trace::Event>, RunError>;

  // Turns as the simulated target does; more of them than this are a circle.
  static constexpr int kTurnsMax = 20'000;

  Result run(const std::string& steps, sim::World& world, Duration patience = milliseconds(10'000),
             bool usage_at_end = false) {
    return run(case_with(steps), world, patience, usage_at_end);
  }

  Result run(const scenario::Case& scenario_case, sim::World& world,
             Duration patience = milliseconds(10'000), bool usage_at_end = false) {
    Unspared transport(world);
    CaseRun run(scenario_case, transport, world.oracle(),
                {.object_name = "o",
                 .restart = {},
                 .answer_timeout = patience,
                 .usage_at_end = usage_at_end});
    run.start(world.now());
    for (int turn = 0; !run.done(); ++turn) {
      const auto event = world.next_event_time(), deadline = run.next_deadline();
      if (turn == kTurnsMax || (!event && !deadline)) {
        ADD_FAILURE() << "does not come to its end";
        run.fail({Trouble::kHarness, "stuck"});
      } else if (event && (!deadline || *event <= *deadline)) {
        world.step();
      } else {
        EXPECT_GE(*deadline, world.now()) << "a deadline that has passed";
        world.advance_to(std::max(world.now(), *deadline));
      }
      run.advance(world.now());
    }
    ended_at_ = world.now();
    return run.take_result();
  }

  static std::vector<std::string> lane(const Result& result, const std::string& actor) {
    std::vector<std::string> kinds;
    for (const trace::Event& event : std::get<std::vector<trace::Event>>(result)) {
      if (event.actor == actor && event.kind != "sent") kinds.push_back(event.kind);
    }
    return kinds;
  }

  Time ended_at_{};
};

constexpr const char* kEcho = R"([{"do":"connect","client":"a"},
  {"do":"send","client":"a","text":"x"}, {"do":"await","client":"a","frames":1}])";

TEST_F(CaseRunTest, TellsWhatEachClientAndTheObjectSaw) {
  sim::World world(fixture(), {}, sim::Oracle::calm(1));
  const Result result = run(kEcho, world);
  EXPECT_THAT(lane(result, "client:a"), ElementsAre("connect", "open", "text"));
  EXPECT_THAT(lane(result, "object"), ElementsAre("log", "log", "log"));
  EXPECT_THAT(lane(result, "harness"), ElementsAre("step", "step", "step"));
}

// The log is read again and again while the answer takes longer than the time between two readings.
TEST_F(CaseRunTest, WaitsForALogEntryOnASlowNetwork) {
  sim::World world(fixture(), with_latency(milliseconds(400)), sim::Oracle::calm(1));
  const Result result =
      run(R"([{"do":"connect","client":"a"}, {"do":"send","client":"a","text":"x"},
    {"do":"await","log":{"event":"message"}}])",
          world);
  EXPECT_THAT(lane(result, "object"), ElementsAre("log", "log", "log"));
}

TEST_F(CaseRunTest, AnAwaitThatIsNeverMetEndsAtItsTimeout) {
  sim::World world(fixture(), {}, sim::Oracle::calm(1));
  const Result result = run(R"([{"do":"await","log":{"event":"alarm"},"timeoutMs":700}])", world);
  EXPECT_THAT(lane(result, "harness"), ElementsAre("step", "timeout"));
  EXPECT_LT(ended_at_, Time(milliseconds(1'000)));
}

TEST_F(CaseRunTest, AWaitTakesItsTime) {
  sim::World world(fixture(), {}, sim::Oracle::calm(1));
  run(R"([{"do":"wait","ms":5000}])", world);
  EXPECT_GE(ended_at_, Time(milliseconds(5'100)));
  EXPECT_LT(ended_at_, Time(milliseconds(5'200)));
}

TEST_F(CaseRunTest, ADeployDropsTheClientsAndKeepsTheLog) {
  sim::World world(fixture(), {}, sim::Oracle::calm(1));
  const Result result = run(R"([{"do":"connect","client":"a"}, {"do":"deploy"},
    {"do":"await","client":"a","end":true}])",
                            world);
  EXPECT_THAT(lane(result, "client:a"), ElementsAre("connect", "open", "end"));
  EXPECT_THAT(lane(result, "object"), ElementsAre("log", "log", "resets"));
}

TEST_F(CaseRunTest, TellsWhatTheObjectHasCost) {
  sim::World world(fixture(), {}, sim::Oracle::calm(1));
  const Result result = run(R"([{"do":"usage"}, {"do":"connect","client":"a"}, {"do":"usage"}])",
                            world, milliseconds(10'000), true);
  EXPECT_THAT(lane(result, "object"), ElementsAre("usage", "usage", "log", "log"));
  EXPECT_THAT(lane(result, "harness"),
              ElementsAre("step", "control", "step", "step", "control", "usage"));
  std::vector<std::int64_t> upgrades;
  for (const trace::Event& event : std::get<std::vector<trace::Event>>(result)) {
    if (event.kind == "usage")
      upgrades.push_back(event.members["entry"]["requests"]["upgrade"].get<std::int64_t>());
  }
  EXPECT_THAT(upgrades, ElementsAre(0, 1, 1));
}

TEST_F(CaseRunTest, ATargetThatRefusesIsUnreachable) {
  sim::NetworkOptions refusing;
  refusing.refuse_per_million = 1'000'000;
  sim::World world(fixture(), refusing, sim::Oracle::from_seed(1));
  const RunError error = std::get<RunError>(run(kEcho, world));
  EXPECT_EQ(error.trouble, Trouble::kUnreachable);
  EXPECT_THAT(error.message, HasSubstr("PUT /torpor/1/objects/o/program"));
}

TEST_F(CaseRunTest, ATargetThatNeverAnswersIsGivenUp) {
  sim::NetworkOptions silent;
  silent.silence_per_million = 1'000'000;
  sim::World world(fixture(), silent, sim::Oracle::from_seed(1));
  const RunError error = std::get<RunError>(run(kEcho, world, milliseconds(2'000)));
  EXPECT_EQ(error.trouble, Trouble::kUnreachable);
  EXPECT_THAT(error.message, HasSubstr("does not answer"));
  EXPECT_EQ(ended_at_, Time(milliseconds(2'000)));
}

TEST_F(CaseRunTest, ASampleIsAskedForNothingButWhatTheStepsSay) {
  sim::World world(serving(server::samples::make_hibernation_echo()), {}, sim::Oracle::calm(1));
  const Result result =
      run(case_with(kEcho, R"("sample":"hibernation-echo")", R"({"a":[]})"), world);
  EXPECT_THAT(lane(result, "client:a"), ElementsAre("connect", "open", "text"));
  EXPECT_THAT(lane(result, "object"), ElementsAre());
}

TEST_F(CaseRunTest, ATargetWithoutTheFixtureIsNamedAsThat) {
  sim::World world(serving(server::samples::make_hibernation_echo()), {}, sim::Oracle::calm(1));
  const RunError error = std::get<RunError>(run(kEcho, world));
  EXPECT_EQ(error.trouble, Trouble::kHarness);
  EXPECT_THAT(error.message, HasSubstr("does the target serve the fixture contract"));
}

// Its steps with a remote named r.
scenario::Case with_remote(const std::string& steps) {
  return case_with(steps, std::string(R"("remotes":["r"],)") + kSaysIt);
}

TEST_F(CaseRunTest, ARemoteSeesWhatTheObjectSendsAndAnswersAsItIsTold) {
  sim::World world(fixture(), {}, sim::Oracle::calm(1));
  const Result result = run(with_remote(R"([{"do":"request","client":"a","segment":"out"},
    {"do":"await","client":"r","request":true}, {"do":"answer","client":"r"},
    {"do":"await","client":"r","frames":1}, {"do":"send","client":"r","text":"x"},
    {"do":"await","client":"r","frames":2}])"),
                            world);
  EXPECT_THAT(lane(result, "client:r"), ElementsAre("connect", "request", "text", "text"));
  EXPECT_THAT(lane(result, "harness"), testing::Each("step"));
}

TEST_F(CaseRunTest, ARemotesNameStandsForItsAddress) {
  sim::World world(fixture(), {}, sim::Oracle::calm(1));
  const Result result = run(with_remote(R"([{"do":"request","client":"a","segment":"out"},
    {"do":"await","client":"r","request":true}])"),
                            world);
  const auto& events = std::get<std::vector<trace::Event>>(result);
  const auto request = std::find_if(events.begin(), events.end(),
                                    [](const auto& event) { return event.kind == "request"; });
  ASSERT_NE(request, events.end());
  EXPECT_THAT(request->members["headers"], testing::Contains(Json::array({"Host", "r"})));
}

TEST_F(CaseRunTest, AnAnswerToARequestThatNeverComesEndsAtItsTimeout) {
  sim::World world(fixture(), {}, sim::Oracle::calm(1));
  const Result result = run(with_remote(R"([{"do":"refuse","client":"r"},
    {"do":"request","client":"a","segment":"out"}, {"do":"answer","client":"r"}])"),
                            world);
  EXPECT_THAT(lane(result, "client:r"), ElementsAre());
  EXPECT_THAT(lane(result, "harness"), ElementsAre("step", "step", "step", "timeout"));
}

}  // namespace
}  // namespace torpor::run
