#include "conformance/bench/meter.h"

#ifdef TORPOR_SANITIZE
#include <malloc.h>
#else
#include <jemalloc/jemalloc.h>
#endif
#include <sys/resource.h>

#include <ctime>

namespace torpor::bench {

double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

#ifdef TORPOR_SANITIZE
std::int64_t heap_octets() {
  const auto info = mallinfo2();
  return static_cast<std::int64_t>(info.uordblks + info.hblkhd);
}
#else
std::int64_t heap_octets() {
  // jemalloc's figures are those of the last epoch; writing any number begins the next.
  std::uint64_t epoch = 1;
  mallctl("epoch", nullptr, nullptr, &epoch, sizeof epoch);
  std::size_t allocated = 0;
  std::size_t size = sizeof allocated;
  mallctl("stats.allocated", &allocated, &size, nullptr, 0);
  return static_cast<std::int64_t>(allocated);
}
#endif

std::int64_t peak_octets() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return std::int64_t{usage.ru_maxrss} * 1024;
}

}  // namespace torpor::bench
