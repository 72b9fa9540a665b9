// The verbs that run cases, on the simulator and on targets that do not work.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "conformance/report/results_reader.h"
#include "tools/torpor/sample_scenario.h"

namespace torpor::tool {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// A port on 127.0.0.1: open but never answered, or, once closed, dead.
class Listener {
 public:
  Listener() : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (bind(socket_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        listen(socket_, 64) != 0 ||
        getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      std::abort();
    }
    target_ = "tcp://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  }
  ~Listener() { close(); }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  void close() {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
  }
  const std::string& target() const { return target_; }

 private:
  int socket_;
  std::string target_;
};

report::Results results_in(const std::string& path) {
  auto read = report::read_results_file(path);
  if (auto* error = std::get_if<report::ReadError>(&read)) {
    ADD_FAILURE() << error->message;
    return {};
  }
  return std::get<report::Results>(std::move(read));
}

TEST(Certify, TheModelConformsToItsOwnProfileAndSaysItsDigest) {
  SampleCatalogue sample;
  std::string file = sample.scratch().path("r.jsonl");
  Ended ended = run_torpor(sample.with(
      {"certify", "sim", "--results", file, "--profile", "parity", "--profile", "documented"}));
  EXPECT_EQ(ended.exit, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("conformant      sim"));
  EXPECT_THAT(ended.out, HasSubstr("digest "));
  report::Results results = results_in(file);
  EXPECT_TRUE(results.complete);
  EXPECT_EQ(results.cases.size(), 4u);
  ASSERT_EQ(results.digests.size(), 2u);
  std::string again = sample.scratch().path("again.jsonl");
  run_torpor(sample.with(
      {"certify", "sim", "--results", again, "--profile", "parity", "--profile", "documented"}));
  EXPECT_EQ(results_in(again).digests[0].digest, results.digests[0].digest);
}

TEST(Certify, NamesWhereDocumentationAndRuntimeDisagree) {
  SampleCatalogue sample;
  std::string page = sample.scratch().path("r.html");
  Ended ended = run_torpor(sample.with({"certify", "sim", "--html", page}));
  EXPECT_EQ(ended.exit, 0);
  EXPECT_THAT(ended.out, HasSubstr("documentation and runtime disagree"));
  EXPECT_THAT(ended.out, HasSubstr("ATT-02"));
  EXPECT_THAT(read_whole(page), HasSubstr("id=\"disagreements\""));
}

TEST(Certify, AChangedLimitFailsTheNamedCaseAndTheReproduceLineShowsItAgain) {
  SampleCatalogue sample;
  Ended ended = run_torpor(sample.with({"certify", "sim", "--set", "attachment_bytes_max=16383"}));
  EXPECT_EQ(ended.exit, 1) << ended.out;
  EXPECT_THAT(ended.out,
              HasSubstr("reproduce: torpor run attachment/limit --target sim --profile parity"));
  EXPECT_THAT(ended.out, HasSubstr("--set attachment_bytes_max=16383"));
  EXPECT_THAT(ended.out, HasSubstr("16384"));
  Ended again = run_torpor(sample.with({"run", "attachment/limit", "--target", "sim", "--profile",
                                        "parity", "--set", "attachment_bytes_max=16383"}));
  EXPECT_EQ(again.exit, 1);
}

TEST(Certify, JsonIsTheResultsAndNothingElse) {
  SampleCatalogue sample;
  Ended ended = run_torpor(sample.with({"certify", "sim", "--json"}));
  EXPECT_EQ(ended.exit, 0);
  report::Results results = results_in(sample.scratch().write("out.jsonl", ended.out));
  EXPECT_TRUE(results.complete);
}

TEST(Certify, ADeadPortIsUnreachableAndDoesNotHideTheOtherTargets) {
  SampleCatalogue sample;
  Listener listener;
  listener.close();
  std::string file = sample.scratch().path("r.jsonl");
  Ended ended = run_torpor(sample.with({"certify", "sim", listener.target(), "--results", file}));
  EXPECT_EQ(ended.exit, 3) << ended.out << ended.err;
  EXPECT_THAT(ended.err, HasSubstr(listener.target().substr(6)));
  EXPECT_THAT(ended.out, HasSubstr("conformant      sim"));
  EXPECT_EQ(run_torpor({"report", file}).exit, 3);
}

TEST(Certify, ATargetThatAcceptsAndNeverAnswersIsUnreachable) {
  SampleCatalogue sample;
  Listener listener;
  Ended ended = run_torpor(sample.with({"certify", listener.target()}), std::chrono::seconds(60));
  EXPECT_EQ(ended.exit, 3) << ended.out << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("answer"));
}

TEST(Certify, BadInputIsSaidBeforeAnythingRuns) {
  SampleCatalogue sample;
  EXPECT_EQ(run_torpor(sample.with({"certify", "simm"})).exit, 2);
  EXPECT_EQ(run_torpor(sample.with({"certify", "sim", "--profile", "parrot"})).exit, 2);
  EXPECT_EQ(run_torpor(sample.with({"certify", "sim", "--set", "attachment_bytes_mx=1"})).exit, 2);
  EXPECT_EQ(run_torpor(sample.with({"certify", "sim", "--case", "close/ecko"})).exit, 2);
  Ended none = run_torpor(sample.with({"certify", "sim", "--filter", "nothing*"}));
  EXPECT_EQ(none.exit, 2);
  EXPECT_THAT(none.err, HasSubstr("nothing selected"));
  EXPECT_EQ(run_torpor(sample.with({"certify", "sim", "--profile", "rfc6455"})).exit, 2);
}

TEST(Run, ShowsTheLanesAndKeepsTheTrace) {
  SampleCatalogue sample;
  std::string trace = sample.scratch().path("t.jsonl");
  Ended ended = run_torpor(sample.with({"run", "close/echo", "--trace", trace}));
  EXPECT_EQ(ended.exit, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("Close 4001 \"bye\""));
  EXPECT_THAT(ended.out, HasSubstr("client:a"));
  EXPECT_THAT(ended.out, HasSubstr("requests  1 upgrade, 0 other, 0 alarms"));
  EXPECT_EQ(run_torpor({"replay", trace, "--statements", sample.scratch().path("statements")}).exit,
            0);
  std::string file = sample.scratch().path("catalogue/close.json");
  Ended from_file =
      run_torpor({"run", file, "--statements", sample.scratch().path("statements"), "-v"});
  EXPECT_EQ(from_file.exit, 0) << from_file.err;
  EXPECT_THAT(from_file.out, HasSubstr("sent GET /"));
}

constexpr const char* kTwoEndsThatTalk = R"({
  "id": "talk", "title": "t", "statements": ["CLE-01"],
  "program": {"fetch": [{"op": "pair"}, {"op": "accept"}, {"op": "accept", "on": "client", "name": "far"},
                        {"op": "send", "data": "x"}],
              "message": [{"op": "send", "data": "x"}]},
  "steps": [{"do": "request", "client": "a"}], "expect": {"a": [{"response": {"status": 200}}]}})";

TEST(Run, OneThatDoesNotEndByItselfIsNotDecided) {
  SampleCatalogue sample;
  const std::string file = sample.scratch().write("talk.json", kTwoEndsThatTalk);
  const Ended ended = run_torpor({"run", file, "--statements", sample.scratch().path("statements")},
                                 std::chrono::seconds(90));
  EXPECT_EQ(ended.exit, 4) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("1000001 turns of objects at 7000 us of virtual time"));
}

TEST(Run, ShowsWhatTheObjectLoggedAtTheTimeWhenItDid) {
  SampleCatalogue sample;
  const std::string file = sample.scratch().write("timer.json", R"({
    "id": "timer", "title": "t", "statements": ["CLE-01"],
    "program": {"fetch": {"bad": [{"op": "throw", "message": "no"}],
                          "*": [{"op": "setTimeout", "ms": 50, "ops": []}]}},
    "steps": [{"do": "request", "client": "a"}, {"do": "wait", "ms": 100},
              {"do": "request", "client": "a", "segment": "bad"}, {"do": "wait", "ms": 1}],
    "expect": {"a": [{"response": {"status": 200}}, {"response": {"status": 500}}]}})");
  const Ended ended =
      run_torpor({"run", file, "--statements", sample.scratch().path("statements")});
  EXPECT_EQ(ended.exit, 0) << ended.out << ended.err;
  const auto place = [&](const char* text) { return ended.out.find(text); };
  EXPECT_LT(place("step 1"), place("\"timer\""));
  EXPECT_LT(place("\"timer\""), place("step 2"));
  EXPECT_LT(place("step 2"), place("fetchRejected"));
  EXPECT_LT(place("fetchRejected"), place("step 3"));
}

class Replay : public ::testing::Test {
 protected:
  Ended replay(const std::string& trace, std::vector<std::string> more = {}) const {
    more.insert(more.begin(),
                {"replay", trace, "--statements", sample_.scratch().path("statements")});
    return run_torpor(more);
  }

  SampleCatalogue sample_;
  std::string folder_ = sample_.scratch().path("traces");
  Ended recorded_ = run_torpor(sample_.with({"record", "sim", "--out", folder_}));
  std::string trace_ = folder_ + "/attachment.limit.jsonl";
};

TEST_F(Replay, OfARecordingIsTheSame) {
  EXPECT_EQ(recorded_.exit, 0) << recorded_.err;
  Ended ended = replay(trace_);
  EXPECT_EQ(ended.exit, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("same      attachment/limit (sim"));
}

TEST_F(Replay, RecordDoesNotOverwriteUnasked) {
  Ended again = run_torpor(sample_.with({"record", "sim", "--out", folder_}));
  EXPECT_EQ(again.exit, 2);
  EXPECT_THAT(again.err, HasSubstr("--force"));
  EXPECT_EQ(run_torpor(sample_.with({"record", "sim", "--out", folder_, "--force"})).exit, 0);
}

TEST_F(Replay, NamesTheFirstDivergenceUnderAChangedLimit) {
  Ended ended = replay(trace_, {"--set", "attachment_bytes_max=16383"});
  EXPECT_EQ(ended.exit, 1) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("diverged  attachment/limit"));
  EXPECT_THAT(ended.out, HasSubstr("object:a"));
  EXPECT_THAT(ended.out, HasSubstr("reproduce: torpor replay"));
}

TEST_F(Replay, ATraceCutInHalfIsRefused) {
  std::string text = read_whole(trace_);
  Ended ended = replay(sample_.scratch().write("cut.jsonl", text.substr(0, text.size() / 2)));
  EXPECT_EQ(ended.exit, 2);
  EXPECT_THAT(ended.err, HasSubstr("cut.jsonl"));
  EXPECT_THAT(ended.err, HasSubstr("cut"));
}

TEST_F(Replay, OnADeadPortIsUnreachable) {
  Listener listener;
  listener.close();
  EXPECT_EQ(replay(trace_, {"--target", listener.target()}).exit, 3);
}

TEST(Probe, TellsWhatTheSimulatorIs) {
  Ended ended = run_torpor({"probe", "sim"});
  EXPECT_EQ(ended.exit, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("contract  1"));
}

// The port that `torpor serve` says it listens on.
std::string served_by(const Running& server) {
  for (int i = 0; i < 1000; ++i) {
    std::string out = server.out_so_far();
    std::size_t end = out.find('\n');
    if (end != std::string::npos)
      return "tcp://" + out.substr(out.find("127."), end - out.find("127."));
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return "";
}

TEST(Serve, IsATargetAndStopsOnSigterm) {
  SampleCatalogue sample;
  Running server({"serve"});
  std::string target = served_by(server);
  ASSERT_NE(target, "");
  Ended ended = run_torpor(sample.with({"certify", target}));
  EXPECT_EQ(ended.exit, 0) << ended.out << ended.err;
  server.signal(SIGTERM);
  EXPECT_EQ(server.wait(std::chrono::seconds(10)).exit, 0);
}

// A connection that never says anything, not even that it ends.
class SilentClient {
 public:
  explicit SilentClient(std::uint16_t port) : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    if (connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) std::abort();
  }
  ~SilentClient() { ::close(socket_); }
  SilentClient(const SilentClient&) = delete;
  SilentClient& operator=(const SilentClient&) = delete;

 private:
  int socket_;
};

TEST(Serve, DoesNotWaitForSilentClientsWhenItStops) {
  Running server({"serve"});
  const std::string target = served_by(server);
  ASSERT_NE(target, "");
  const SilentClient client(
      static_cast<std::uint16_t>(std::stoi(target.substr(target.rfind(':') + 1))));
  ASSERT_EQ(run_torpor({"probe", target}).exit, 0);  // so that it has been accepted
  const auto before = std::chrono::steady_clock::now();
  server.signal(SIGTERM);
  EXPECT_EQ(server.wait(std::chrono::seconds(10)).exit, 0);
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::milliseconds(1500));
}

TEST(Serve, ASecondSignalEndsWhatObjectsCodeGoesOnWith) {
  SampleCatalogue sample;
  const std::string file = sample.scratch().write("busy.json", R"({
    "id": "busy", "title": "t", "statements": ["CLE-01"],
    "program": {"fetch": [{"op": "repeat", "times": 1000000, "ops": [
                 {"op": "repeat", "times": 1000000, "ops": [{"op": "readyState", "on": "all"}]}]}]},
    "steps": [{"do": "request", "client": "a", "async": true}, {"do": "wait", "ms": 300}],
    "expect": {"a": []}})");
  Running server({"serve"});
  const std::string target = served_by(server);
  ASSERT_NE(target, "");
  Running run(
      {"run", file, "--target", target, "--statements", sample.scratch().path("statements")});
  run.wait(std::chrono::seconds(60));  // its log is not answered any more
  server.signal(SIGTERM);
  std::this_thread::sleep_for(std::chrono::milliseconds(100));  // or they would be one
  server.signal(SIGTERM);
  EXPECT_EQ(server.wait(std::chrono::seconds(60)).exit, 143);
}

TEST(Serve, ACaseOfASampleIsNotForAServerThatServesTheFixture) {
  SampleCatalogue sample;
  sample.scratch().write("catalogue/sample.json", R"({
    "id": "sample/counter", "title": "t", "statements": ["CLE-01"], "sample": "counter",
    "steps": [{"do": "connect", "client": "a"}], "expect": {"a": [{"open": {}}]}})");
  EXPECT_EQ(run_torpor(sample.with({"certify", "sim"})).exit, 0);
  Running server({"serve"});
  Ended ended = run_torpor(sample.with({"certify", served_by(server), "--profile", "parity"}));
  EXPECT_EQ(ended.exit, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("1 not applicable"));
}

TEST(Serve, TakesAppAndDateFromAWranglerConfiguration) {
  Scratch scratch;
  scratch.write("index.js", "");
  const std::string file = scratch.write("wrangler.toml", R"(name = "counter"
main = "index.js"
compatibility_date = "2026-04-06"
)");
  Running server({"serve", "--wrangler", file});
  EXPECT_NE(served_by(server), "");
  const std::string other = scratch.write("wrangler.jsonc", R"({
  "name": "mine", "main": "index.js", "compatibility_date": "soon"})");
  Ended ended = run_torpor({"serve", "--wrangler", other});
  EXPECT_EQ(ended.exit, 2);
  EXPECT_THAT(ended.err, HasSubstr(other + ":2: /compatibility_date: 'soon' is not"));
  scratch.write("wrangler.jsonc",
                R"({"name": "mine", "main": "index.js", "compatibility_date": "2026-11-01"})");
  ended = run_torpor({"serve", "--wrangler", other});
  EXPECT_EQ(ended.exit, 2);
  EXPECT_THAT(ended.err, HasSubstr("unknown app \"mine\""));
}

TEST(Serve, KilledInTheMiddleOfACertificationIsTold) {
  SampleCatalogue sample;
  std::string waiting = kCloseScenario;
  waiting.replace(waiting.find("{\"do\": \"close\""), 0, "{\"do\": \"wait\", \"ms\": 3000}, ");
  sample.scratch().write("catalogue/close.json", waiting);
  Running server({"serve"});
  std::string target = served_by(server);
  Running certify(sample.with({"certify", target}));
  std::this_thread::sleep_for(std::chrono::milliseconds(1500));
  server.signal(SIGKILL);
  Ended ended = certify.wait(std::chrono::seconds(60));
  EXPECT_EQ(ended.exit, 3) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("target failed"));
}

TEST(Interrupt, KeepsWhatWasJudgedAndSaysItIsIncomplete) {
  SampleCatalogue sample;
  std::string waiting = kCloseScenario;
  waiting.replace(waiting.find("{\"do\": \"close\""), 0, "{\"do\": \"wait\", \"ms\": 30000}, ");
  sample.scratch().write("catalogue/close.json", waiting);
  std::string file = sample.scratch().path("r.jsonl");
  Running server({"serve"});
  Running certify(sample.with({"certify", served_by(server), "--results", file}));
  for (int i = 0; i < 2000 && read_whole(file).find("attachment/limit") == std::string::npos; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  certify.signal(SIGINT);
  Ended ended = certify.wait(std::chrono::seconds(10));
  EXPECT_EQ(ended.exit, 130) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("interrupted"));
  report::Results results = results_in(file);
  EXPECT_FALSE(results.complete);
  ASSERT_EQ(results.cases.size(), 1u);
  EXPECT_EQ(results.cases[0].case_id, "attachment/limit");
  EXPECT_EQ(run_torpor({"report", file}).exit, 5);
}

}  // namespace
}  // namespace torpor::tool
