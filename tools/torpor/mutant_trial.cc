#include "tools/torpor/mutant_trial.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>

#include "conformance/judge/judge.h"
#include "conformance/targets/target.h"
#include "core/json.h"
#include "tools/torpor/command.h"
#include "tools/torpor/interrupt.h"

namespace torpor::tool {
namespace {

// Far beyond what any case takes on the model as it is.
constexpr std::uint64_t kTurnsMax = 4'000'000;
constexpr rlim_t kSecondsOfACase = 60;
constexpr rlim_t kMemoryOctetsMax = rlim_t{8} << 30;

#if defined(TORPOR_SANITIZE)
constexpr bool kSanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif
#else
constexpr bool kSanitized = false;
#endif

// ---- In the child: it tells its parent of each case by a line of JSON.

void tell(int pipe, const Json& what) {
  std::string line = what.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  for (std::string_view rest = line; !rest.empty();) {
    const ssize_t written = write(pipe, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) _exit(0);  // nobody listens any more
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
}

// What the model may not use up, whatever is wrong with it. Time is counted anew for each case.
void limit_time() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const rlim_t so_far = static_cast<rlim_t>(used.ru_utime.tv_sec + used.ru_stime.tv_sec);
  const rlimit time{so_far + kSecondsOfACase, RLIM_INFINITY};
  setrlimit(RLIMIT_CPU, &time);
}

void limit_memory() {
  const rlimit none{0, 0}, memory{kMemoryOctetsMax, kMemoryOctetsMax};
  setrlimit(RLIMIT_CORE, &none);
  if (!kSanitized) setrlimit(RLIMIT_AS, &memory);  // a sanitizer reserves far more than it uses
}

// Nothing when it is as expected.
std::optional<Json> failure_of(const scenario::Case& one, const targets::Observation& seen,
                               compat::Profile profile, const statements::Registry& registry) {
  if (seen.error) return Json{{"how", seen.error->message}};
  if (!seen.trace) return std::nullopt;
  const judge::Verdict verdict = judge::judge(one, *seen.trace, profile, registry);
  if (verdict.outcome == judge::Outcome::kUnknown) return Json{{"how", verdict.reason}};
  if (verdict.outcome != judge::Outcome::kFail && verdict.outcome != judge::Outcome::kWarn)
    return std::nullopt;
  auto broken = std::find_if(verdict.divergences.begin(), verdict.divergences.end(),
                             [](const auto& found) { return fails(found.level); });
  if (broken == verdict.divergences.end()) broken = verdict.divergences.begin();
  return Json{{"how", broken->explanation}, {"broken", broken->statements}};
}

// Whether a case failed.
bool run_round(int pipe, const Round& round, targets::Settings settings,
               const statements::Registry& registry) {
  settings.profile = round.profile;
  std::atomic<bool> found{false};
  targets::Events events;
  events.started = [&](const scenario::Case&) {
    limit_time();
    tell(pipe, {{"next", true}});
  };
  events.finished = [&](const scenario::Case& one, const targets::Observation& seen) {
    const auto failure = failure_of(one, seen, round.profile, registry);
    if (!failure) return;
    tell(pipe, *failure);
    found = true;
  };
  targets::make_target("sim", settings)->run(round.cases, events, found);
  return found;
}

[[noreturn]] void stand_trial(int pipe, const std::string& mutant, const std::vector<Round>& rounds,
                              const statements::Registry& registry) {
  signal(SIGINT, SIG_DFL);
  signal(SIGTERM, SIG_DFL);
  dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);  // what a broken assertion says
  limit_memory();
  try {
    const targets::Settings settings{.mutant = mutant, .turns_max = kTurnsMax};
    for (const Round& round : rounds) {
      if (run_round(pipe, round, settings, registry)) _exit(0);
    }
    tell(pipe, {{"survived", true}});
  } catch (const std::exception& error) {
    tell(pipe, {{"how", std::string("the model threw: ") + error.what()}});
  }
  _exit(0);
}

// ---- In the parent.

class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid) {}
  ~Child() {
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    wait();
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // What waitpid() says.
  int wait() {
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return status;
  }

 private:
  pid_t pid_;
};

// The lines that a child writes; each is handed over as it comes. False when interrupted.
template <typename OnLine>
bool read_lines(int pipe, OnLine on_line) {
  std::string unread;
  char octets[4096];
  while (true) {
    const ssize_t count = read(pipe, octets, sizeof octets);
    if (Interrupt::requested()) return false;
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return true;
    unread.append(octets, static_cast<std::size_t>(count));
    for (auto end = unread.find('\n'); end != std::string::npos; end = unread.find('\n')) {
      on_line(parse_json_or_null(unread.substr(0, end)));
      unread.erase(0, end + 1);
    }
  }
}

// The case that was the Nth to be started, from 1.
Kill kill_at(const std::vector<Round>& rounds, std::size_t number) {
  for (const Round& round : rounds) {
    if (number <= round.cases.size()) {
      const scenario::Case& one = round.cases[number - 1];
      return {one.id, round.profile, one.statements, ""};
    }
    number -= round.cases.size();
  }
  return {};
}

std::string words_for(int status) {
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU)
    return fmt::format("the model takes more than {} seconds", kSecondsOfACase);
  if (WIFSIGNALED(status)) return fmt::format("the model crashes: {}", strsignal(WTERMSIG(status)));
  return fmt::format("the model ends the process with {}", WEXITSTATUS(status));
}

}  // namespace

std::optional<Trial> try_mutant(const std::string& mutant, const std::vector<Round>& rounds,
                                const statements::Registry& registry) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0)
    throw Failure(judge::ExitCode::kHarness, fmt::format("no pipe: {}", std::strerror(errno)));
  std::fflush(nullptr);  // or the child would write it again
  const pid_t pid = fork();
  if (pid == 0) {
    close(ends[0]);
    stand_trial(ends[1], mutant, rounds, registry);
  }
  close(ends[1]);
  if (pid < 0) {
    close(ends[0]);
    throw Failure(judge::ExitCode::kHarness, fmt::format("no process: {}", std::strerror(errno)));
  }
  Child child(pid);
  Trial trial;
  bool survived = false;
  std::optional<Json> told;
  const bool whole = read_lines(ends[0], [&](const Json& line) {
    if (line.contains("next")) ++trial.cases;
    if (line.contains("survived")) survived = true;
    if (line.contains("how")) told = line;
  });
  close(ends[0]);
  if (!whole) return std::nullopt;
  const int status = child.wait();
  if (survived) return trial;
  trial.kill = kill_at(rounds, trial.cases);
  trial.kill->how = told ? told->at("how").get<std::string>() : words_for(status);
  if (told && told->contains("broken"))
    trial.kill->broken = told->at("broken").get<std::vector<std::string>>();
  return trial;
}

}  // namespace torpor::tool
