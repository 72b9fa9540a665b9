// The line that says how far a long run is. Redrawn in place on a terminal, absent in a pipe.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>

#include "conformance/report/terminal.h"

namespace torpor::report {

struct ProgressState {
  std::size_t total = 0;
  std::size_t done = 0;
  std::size_t running = 0;
  std::size_t failed = 0;
  std::chrono::milliseconds elapsed{};
  std::string label;  // the target
  std::string last;   // what happened last
};

std::string progress_line(const ProgressState& state, const Terminal& terminal);

class Progress {
 public:
  Progress(std::FILE* stream, std::string label, std::size_t total);
  ~Progress();  // erases the line
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void started(std::string_view id);
  void finished(std::string_view id, bool failed);
  void tick();  // redraws the clock; call it as often as you like
  void erase();

 private:
  void draw();

  std::FILE* stream_;
  Terminal terminal_;
  ProgressState state_;
  std::chrono::steady_clock::time_point begin_;
  std::chrono::steady_clock::time_point drawn_;
  bool shown_ = false;
};

}  // namespace torpor::report
