#include "core/object/task.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace torpor::object {
namespace {

// Suspends until somebody resumes `handle`.
struct Gate {
  std::coroutine_handle<> handle;
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> waiting) { handle = waiting; }
  void await_resume() const {}
};

struct Witness {
  bool& destroyed;
  ~Witness() { destroyed = true; }
};

Task<int> answer(Gate& gate) {
  co_await gate;
  co_return 42;
}

Task<> store(Gate& gate, int& result) {
  result = co_await answer(gate);
}

Task<> fail() {
  throw std::runtime_error("no");
  co_return;
}

Task<> guarded(Gate& gate, bool& destroyed) {
  const Witness witness{destroyed};
  co_await gate;
}

TEST(Task, StartsWhenItIsToldTo) {
  Gate gate;
  int result = 0;
  Task<> task = store(gate, result);
  EXPECT_FALSE(gate.handle);
  task.start();
  EXPECT_TRUE(gate.handle);
  EXPECT_FALSE(task.done());
  gate.handle.resume();
  EXPECT_TRUE(task.done());
  EXPECT_EQ(result, 42);
}

TEST(Task, KeepsTheExceptionThatLeftIt) {
  Task<> task = fail();
  task.start();
  EXPECT_TRUE(task.done());
  EXPECT_THROW(std::rethrow_exception(task.error()), std::runtime_error);
}

TEST(Task, DestroyingItDestroysWhatWaitsInside) {
  Gate gate;
  bool destroyed = false;
  {
    Task<> task = guarded(gate, destroyed);
    task.start();
    EXPECT_FALSE(destroyed);
  }
  EXPECT_TRUE(destroyed);
}

}  // namespace
}  // namespace torpor::object
