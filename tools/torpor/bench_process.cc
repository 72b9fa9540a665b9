#include "tools/torpor/bench_process.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <stdexcept>

#include "core/json.h"
#include "tools/torpor/interrupt.h"

namespace torpor::tool {
namespace {

constexpr int kTickMs = 200;

std::string told(const bench::Benchmark& benchmark) {
  try {
    const bench::Outcome outcome = benchmark.run();
    Json besides = Json::array();
    for (const auto& [what, value] : outcome.besides) besides.push_back({what, value});
    return Json{{"value", outcome.value}, {"cpu", outcome.cpu_seconds}, {"besides", besides}}
        .dump();
  } catch (const std::exception& error) {
    return Json{{"failed", error.what()}}.dump();
  }
}

[[noreturn]] void be_the_child(const bench::Benchmark& benchmark, int out) {
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
  const std::string text = told(benchmark);
  const bool written = write(out, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  _exit(written ? 0 : 1);
}

// All that the child writes until it ends.
std::string read_all(int in, pid_t child, const std::function<void()>& idle) {
  std::string text;
  while (true) {
    if (Interrupt::requested()) kill(child, SIGKILL);
    pollfd ready{in, POLLIN, 0};
    const int count = poll(&ready, 1, kTickMs);
    if (count == 0) idle();
    if (count <= 0) continue;
    char buffer[4096];
    const ssize_t size = read(in, buffer, sizeof buffer);
    if (size == 0) return text;
    if (size > 0) text.append(buffer, static_cast<std::size_t>(size));
  }
}

bench::Outcome outcome_of(const Json& json) {
  bench::Outcome outcome{json["value"], json["cpu"]};
  for (const Json& one : json["besides"]) outcome.besides.emplace_back(one[0], one[1]);
  return outcome;
}

}  // namespace

Measured measure(const bench::Benchmark& benchmark, const std::function<void()>& idle) {
  int ends[2];
  if (pipe(ends) != 0) throw std::runtime_error(fmt::format("pipe: {}", std::strerror(errno)));
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error(fmt::format("fork: {}", std::strerror(errno)));
  if (child == 0) {
    close(ends[0]);
    be_the_child(benchmark, ends[1]);
  }
  close(ends[1]);
  const std::string text = read_all(ends[0], child, idle);
  close(ends[0]);
  int status = 0;
  rusage usage{};
  while (wait4(child, &status, 0, &usage) < 0 && errno == EINTR) {
  }
  Measured measured{
      .outcome = {}, .failure = {}, .peak_octets = std::int64_t{usage.ru_maxrss} * 1024};
  if (WIFSIGNALED(status)) {
    measured.failure = fmt::format("died of signal {}", WTERMSIG(status));
    return measured;
  }
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) {
    measured.failure = fmt::format("ended with {} and no result", WEXITSTATUS(status));
  } else if (json.contains("failed")) {
    measured.failure = json["failed"];
  } else {
    measured.outcome = outcome_of(json);
  }
  return measured;
}

}  // namespace torpor::tool
