#include "tools/torpor/interrupt.h"

#include <unistd.h>

#include <csignal>

namespace torpor::tool {
namespace {

std::atomic<int> noted{0};
std::atomic<bool> requested{false};
static_assert(std::atomic<int>::is_always_lock_free && std::atomic<bool>::is_always_lock_free);

void note(int signal) {
  if (noted != 0) _exit(128 + signal);
  noted = signal;
  requested = true;
}

struct sigaction before_int;
struct sigaction before_term;

}  // namespace

Interrupt::Interrupt() {
  struct sigaction action {};
  action.sa_handler = note;
  sigaction(SIGINT, &action, &before_int);
  sigaction(SIGTERM, &action, &before_term);
}

Interrupt::~Interrupt() {
  sigaction(SIGINT, &before_int, nullptr);
  sigaction(SIGTERM, &before_term, nullptr);
}

const std::atomic<bool>& Interrupt::flag() {
  return tool::requested;
}

int Interrupt::exit_code() {
  return noted == 0 ? 0 : 128 + noted;
}

}  // namespace torpor::tool
