#include "conformance/report/progress.h"

#include <fmt/format.h>

#include <algorithm>

namespace torpor::report {
namespace {

// Ten times a second is as often as an eye follows.
constexpr std::chrono::milliseconds kRedrawInterval(100);

}  // namespace

std::string progress_line(const ProgressState& state, const Terminal& terminal) {
  std::string failed = fmt::format("{} failed", state.failed);
  auto seconds = static_cast<double>(state.elapsed.count()) / 1000;
  std::string plain = fmt::format("{}  {}/{}  {} running  {}  {:.1f} s  ", state.label, state.done,
                                  state.total, state.running, failed, seconds);
  std::size_t room = terminal.columns - 1 - std::min(width_of(plain), terminal.columns - 1);
  std::string last = width_of(state.last) <= room ? state.last : fit(state.last, room);
  return fmt::format("{}  {}/{}  {} running  {}  {:.1f} s  {}",
                     terminal.paint(Colour::kBold, state.label), state.done, state.total,
                     state.running,
                     state.failed > 0 ? terminal.paint(Colour::kRed, failed) : failed, seconds,
                     terminal.paint(Colour::kFaint, last));
}

Progress::Progress(std::FILE* stream, std::string label, std::size_t total)
    : stream_(stream), terminal_(Terminal::of(stream)), begin_(std::chrono::steady_clock::now()) {
  state_.label = std::move(label);
  state_.total = total;
}

Progress::~Progress() {
  erase();
}

void Progress::started(std::string_view id) {
  ++state_.running;
  state_.last = id;
  tick();
}

void Progress::finished(std::string_view id, bool failed) {
  if (state_.running > 0) --state_.running;
  ++state_.done;
  state_.failed += failed ? 1 : 0;
  state_.last = id;
  tick();
}

void Progress::tick() {
  if (!terminal_.interactive) return;
  auto now = std::chrono::steady_clock::now();
  if (shown_ && now - drawn_ < kRedrawInterval) return;
  state_.elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(now - begin_);
  drawn_ = now;
  draw();
}

void Progress::draw() {
  fmt::print(stream_, "\r\x1b[K{}", progress_line(state_, terminal_));
  std::fflush(stream_);
  shown_ = true;
}

void Progress::erase() {
  if (!shown_) return;
  fmt::print(stream_, "\r\x1b[K");
  std::fflush(stream_);
  shown_ = false;
}

}  // namespace torpor::report
