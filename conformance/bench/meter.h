// What a benchmark measures by: this process's CPU time and its heap.
#pragma once

#include <cstdint>

namespace torpor::bench {

// The CPU time of this process so far, in seconds, its system calls included.
double cpu_seconds();

class Stopwatch {
 public:
  Stopwatch() : begin_(cpu_seconds()) {}
  double seconds() const { return cpu_seconds() - begin_; }

 private:
  double begin_;
};

// Octets that are allocated on the heap now, each piece in the size that the allocator gave it.
std::int64_t heap_octets();
// The most memory this process has had at a time.
std::int64_t peak_octets();

}  // namespace torpor::bench
