#include "conformance/bench/benchmark.h"
#include "conformance/bench/echo.h"
#include "conformance/bench/events.h"
#include "conformance/bench/hibernated.h"
#include "conformance/bench/replay.h"
#include "conformance/bench/seeds.h"

namespace torpor::bench {
namespace {

Benchmark echo(const char* clients, Outcome (*run)()) {
  return {
      .name = std::string("echo/") + clients,
      .definition =
          std::string(clients) +
          " clients of one object with hibernatable sockets send 64 octets of text in masked "
          "frames, which come back; 10 ms one way, 100 ms between an echo and the next message, "
          "60 simulated seconds: exactly 500 echoes each. A message counts once, when its echo "
          "is there.",
      .unit = "messages/s",
      .least = 700'000,
      .aim = 2'000'000,
      .run = run};
}

Benchmark replay(const char* name, const char* what, Outcome (*run)()) {
  return {
      .name = std::string("replay/") + name,
      .definition =
          std::string("A trace file of 1,000,000 events (messages of ten clients, their echoes, "
                      "the object's log) is read, checked against its digest and compared with "
                      "a trace in memory that ") +
          what + ".",
      .unit = "s",
      .more_is_better = false,
      .least = 0.5,
      .run = run};
}

}  // namespace

const std::vector<Benchmark>& all_benchmarks() {
  static const std::vector<Benchmark> all = {
      {.name = "events",
       .definition =
           "200 clients of 20 objects with the whole model and the digest on: each connects, 20 "
           "times sends 64 octets that are echoed and counted in its attachment, pings, and asks "
           "for an auto-response, with 50 ms between, then closes and connects again; latency "
           "drawn from 1 to 20 ms, an alarm for each object every 5 s; 3,000,000 events.",
       .unit = "events/s",
       .least = 1'000'000,
       .aim = 3'000'000,
       .run = [] { return run_events(3'000'000); }},
      echo("100", [] { return run_echo(100); }),
      echo("1000", [] { return run_echo(1000); }),
      echo("10000", [] { return run_echo(10'000); }),
      {.name = "hibernated-day",
       .definition =
           "One simulated day of one object with 1,000 hibernated sockets and an alarm a minute, "
           "each of which wakes it, sets the next and lets it hibernate again after 10 s.",
       .unit = "ms",
       .more_is_better = false,
       .aim = 10,
       .run = [] { return run_hibernated_day(1000); }},
      {.name = "seeds",
       .definition =
           "A scenario on a random network, run twice for each of 1,000 seeds as `torpor run` "
           "does, the digests compared: three clients connect, send two messages each, the object "
           "hibernates, they send again and close.",
       .unit = "seeds/min",
       .least = 40'000,
       .aim = 150'000,
       .run = [] { return run_seeds(1000); }},
      {.name = "hibernated-memory/socket",
       .definition =
           "Octets on the server's heap for each of 100,000 hibernated sockets of one object, the "
           "allocator's own included, an attachment of 64 octets not counted.",
       .unit = "B",
       .more_is_better = false,
       .least = 160,
       .run = [] { return run_hibernated_socket(100'000); }},
      {.name = "hibernated-memory/million",
       .definition =
           "The most memory of a process with 1,000,000 hibernated sockets in one object, their "
           "network and clients included; they connect in lots of 10,000, with 30 simulated "
           "seconds between.",
       .unit = "MiB",
       .more_is_better = false,
       .least = 1024,
       .run = [] { return run_hibernated_crowd(1'000'000); }},
      replay("same", "is the same run with other times: the digest tells",
             [] { return run_replay_of_the_same(1'000'000); }),
      replay("other-keys",
             "differs in the keys of its handshakes and frames, as runs of a real server do: each "
             "event is compared",
             [] { return run_replay_with_other_keys(1'000'000); }),
  };
  return all;
}

Reached reached(const Benchmark& benchmark, double value) {
  const auto meets = [&](const std::optional<double>& target) {
    return target && (benchmark.more_is_better ? value >= *target : value <= *target);
  };
  if (!benchmark.least && !benchmark.aim) return Reached::kNoTarget;
  if (meets(benchmark.aim)) return Reached::kAim;
  if (meets(benchmark.least)) return benchmark.aim ? Reached::kLeast : Reached::kAim;
  return Reached::kNothing;
}

}  // namespace torpor::bench
