#include "conformance/explore/campaign.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <utility>

#include "conformance/scenario/loader.h"
#include "core/mutants.h"

namespace torpor::explore {
namespace {

using Clock = std::chrono::steady_clock;

constexpr rlim_t kMemoryOctetsMax = rlim_t{6} << 30;
constexpr int kPollMs = 100;
#if defined(TORPOR_SANITIZE)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

// The seeds of one worker, in order.
class Seeds {
 public:
  Seeds(const CampaignOptions& options, std::size_t job)
      : options_(options), stride_(options.shards * options.jobs) {
    next_ = options.first + options.shard + job * options.shards;
    settle();
  }

  std::optional<std::uint64_t> next() const {
    if (options_.last && next_ > *options_.last) return std::nullopt;
    return next_;
  }
  void advance() {
    next_ += stride_;
    settle();
  }

 private:
  void settle() {
    while (options_.known.contains(next_)) next_ += stride_;
  }
  const CampaignOptions& options_;
  std::uint64_t stride_;
  std::uint64_t next_;
};

void tell(int pipe, const SeedResult& result) {
  const std::string line =
      to_json(result).dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  for (std::string_view rest = line; !rest.empty();) {
    const ssize_t written = write(pipe, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) _exit(0);  // nobody listens any more
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
}

[[noreturn]] void work(int pipe, Seeds seeds, const CampaignOptions& options,
                       const statements::Registry& registry, Clock::time_point deadline) {
  signal(SIGINT, SIG_IGN);  // the parent hears it and stops its children
  signal(SIGTERM, SIG_DFL);
  signal(SIGPIPE, SIG_IGN);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const rlimit none{0, 0}, memory{kMemoryOctetsMax, kMemoryOctetsMax};
  setrlimit(RLIMIT_CORE, &none);
  if (!kSanitized) setrlimit(RLIMIT_AS, &memory);    // a sanitizer reserves far more than it uses
  dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);  // what a broken assertion says
  std::set<std::string> told;
  const std::atomic<bool> stop{false};
  for (; seeds.next() && Clock::now() < deadline; seeds.advance()) {
    SeedResult result = explore_seed(*seeds.next(), options, registry, stop);
    std::erase_if(result.exercised, [&](const std::string& id) { return !told.insert(id).second; });
    tell(pipe, result);
  }
  _exit(0);
}

class Worker {
 public:
  Worker(const CampaignOptions& options, std::size_t job)
      : options_(options), seeds_(options, job) {}
  ~Worker() { stop(); }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void start(const statements::Registry& registry, Clock::time_point deadline) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
      throw StoreError(std::string("no pipe: ") + std::strerror(errno));
    std::fflush(nullptr);  // or the child would write it again
    pid_ = fork();
    if (pid_ == 0) {
      close(ends[0]);
      work(ends[1], seeds_, options_, registry, deadline);
    }
    close(ends[1]);
    pipe_ = ends[0];
    if (pid_ < 0) throw StoreError(std::string("no process: ") + std::strerror(errno));
    heard_ = Clock::now();
  }

  bool running() const { return pid_ > 0; }
  int pipe() const { return pipe_; }
  bool finished() const { return !seeds_.next(); }

  // Reads what is there. False at the end of the stream.
  template <typename OnResult>
  bool read_results(OnResult on_result) {
    char octets[65536];
    const ssize_t count = read(pipe_, octets, sizeof octets);
    if (count < 0 && errno == EINTR) return true;
    if (count <= 0) return false;
    heard_ = Clock::now();
    unread_.append(octets, static_cast<std::size_t>(count));
    std::size_t from = 0;
    for (auto end = unread_.find('\n'); end != std::string::npos; end = unread_.find('\n', from)) {
      on_result(result_from_json(parse_json_or_null(unread_.substr(from, end - from))));
      seeds_.advance();
      from = end + 1;
    }
    unread_.erase(0, from);
    return true;
  }

  bool hangs() const { return running() && Clock::now() - heard_ > options_.seed_timeout; }

  // The process has ended, or is to: the result of the seed that it was at, unless it had done all
  // that it wanted.
  std::optional<SeedResult> bury(bool hung) {
    if (hung) kill(pid_, SIGKILL);
    const int status = wait();
    unread_.clear();
    again_ = false;
    if (!hung && WIFEXITED(status) && WEXITSTATUS(status) == 0) return std::nullopt;
    if (!seeds_.next()) return std::nullopt;
    // Somebody's kill, or the system's when memory is short, says nothing of the seed: once more.
    again_ = !hung && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL &&
             std::exchange(killed_at_, seeds_.next()) != seeds_.next();
    if (again_) return std::nullopt;
    SeedResult result;
    result.seed = *seeds_.next();
    const Generated generated = generate(result.seed, options_.generator);
    result.verdict = hung ? "hang" : "crash";
    result.families = generated.families;
    result.scenario = generated.scenario;
    result.message = hung ? "the run did not end"
                     : WIFSIGNALED(status)
                         ? std::string("the process was ended by ") + strsignal(WTERMSIG(status))
                         : "the process ended with " + std::to_string(WEXITSTATUS(status));
    result.bucket = result.verdict + ": " + result.message;
    seeds_.advance();
    return result;
  }

  // The process was killed from outside: its seed is to be run again.
  bool killed() const { return again_; }

  void stop() {
    if (!running()) return;
    kill(pid_, SIGKILL);
    wait();
  }

 private:
  int wait() {
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    close(pipe_);
    pipe_ = -1;
    return status;
  }

  const CampaignOptions& options_;
  Seeds seeds_;
  pid_t pid_ = -1;
  int pipe_ = -1;
  std::string unread_;
  Clock::time_point heard_{};
  bool again_ = false;
  std::optional<std::uint64_t> killed_at_;
};

class Campaign {
 public:
  Campaign(const CampaignOptions& options, const statements::Registry& registry,
           const CampaignEvents& events, const std::atomic<bool>& stop)
      : registry_(registry), events_(events), stop_(stop) {
    deadline_ = options.budget ? Clock::now() + *options.budget : Clock::time_point::max();
    for (std::size_t job = 0; job < options.jobs; ++job)
      workers_.push_back(std::make_unique<Worker>(options, job));
  }

  bool run() {
    for (auto& worker : workers_) {
      if (!worker->finished()) worker->start(registry_, deadline_);
    }
    while (!stop_) {
      std::vector<pollfd> waiting;
      std::vector<Worker*> waited;
      for (auto& worker : workers_) {
        if (!worker->running()) continue;
        waiting.push_back({worker->pipe(), POLLIN, 0});
        waited.push_back(worker.get());
      }
      if (waiting.empty()) return true;
      poll(waiting.data(), waiting.size(), kPollMs);
      for (std::size_t i = 0; i < waiting.size(); ++i) serve(*waited[i], waiting[i].revents != 0);
      if (events_.idle) events_.idle();
    }
    return false;
  }

 private:
  void serve(Worker& worker, bool readable) {
    if (readable && worker.read_results([&](SeedResult result) { events_.result(result); })) return;
    const bool hung = !readable && worker.hangs();
    if (!readable && !hung) return;
    auto result = worker.bury(hung);
    const bool ended = !result && !worker.killed();
    if (result) events_.result(*std::move(result));
    if (!ended && !worker.finished() && Clock::now() < deadline_)
      worker.start(registry_, deadline_);
  }

  const statements::Registry& registry_;
  const CampaignEvents& events_;
  const std::atomic<bool>& stop_;
  Clock::time_point deadline_;
  std::vector<std::unique_ptr<Worker>> workers_;
};

const char* verdict_of(Fault fault) {
  switch (fault) {
    case Fault::kNone:
      return "pass";
    case Fault::kProperty:
      return "fail";
    case Fault::kDisorder:
      return "disorder";
    case Fault::kStuck:
      break;
  }
  return "stuck";
}

}  // namespace

Json failing_scenario(const Json& scenario, const Evaluation& evaluation) {
  Json failing = scenario;
  Json& simulation = failing["simulation"];
  if (!simulation.is_object()) simulation = {{"seed", 1u}};
  if (!simulation.contains("choices")) simulation["choices"] = sim::to_json(evaluation.eventful);
  return failing;
}

SeedResult explore_seed(std::uint64_t seed, const CampaignOptions& options,
                        const statements::Registry& registry, const std::atomic<bool>& stop) {
  const Generated generated = generate(seed, options.generator);
  SeedResult result;
  result.seed = seed;
  result.families = generated.families;
  const auto loaded = scenario::load_case(generated.scenario, "generated", registry);
  if (!loaded.ok()) {
    result.verdict = "stuck";
    result.message = "the generator made what is no scenario: " + loaded.problems[0].to_string();
    result.bucket = "stuck: no scenario";
    result.scenario = generated.scenario;
    return result;
  }
  const mutants::Description* mutant =
      options.mutant.empty() ? nullptr : mutants::find(options.mutant);
  const mutants::Planted planted(mutant ? mutant->mutant : mutants::Mutant::kNone);
  const Evaluation evaluation = evaluate(loaded.cases.front(), options.evaluate, stop);
  result.digest = evaluation.digest;
  result.verdict = verdict_of(evaluation.fault);
  result.bucket = evaluation.bucket();
  result.events = evaluation.events;
  result.followed = evaluation.followed;
  result.exercised.assign(evaluation.exercised.begin(), evaluation.exercised.end());
  result.message = evaluation.reason;
  if (evaluation.good()) return result;
  if (!evaluation.findings.empty()) {
    result.statements = evaluation.findings.front().statements;
    result.message = evaluation.findings.front().message;
  }
  result.scenario = failing_scenario(generated.scenario, evaluation);
  return result;
}

bool run_campaign(const CampaignOptions& options, const statements::Registry& registry,
                  const CampaignEvents& events, const std::atomic<bool>& stop) {
  return Campaign(options, registry, events, stop).run();
}

}  // namespace torpor::explore
