// SIGINT and SIGTERM end a long command between two results: what was judged is kept, children are
// stopped. A second signal ends it at once.
#pragma once

#include <atomic>

namespace torpor::tool {

class Interrupt {
 public:
  Interrupt();   // from here on signals are noted
  ~Interrupt();  // back to what they did before
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  static bool requested() { return flag(); }
  // What a long run looks at.
  static const std::atomic<bool>& flag();
  // 130 after SIGINT, 143 after SIGTERM, 0 without.
  static int exit_code();
};

}  // namespace torpor::tool
