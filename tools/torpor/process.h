// Runs the built command as its users do, for this folder's tests.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace torpor::tool {

struct Ended {
  int exit = -1;  // 128 + N when a signal ended it
  std::string out;
  std::string err;
};

// Runs to the end; `deadline` kills it and makes exit 137.
Ended run_torpor(const std::vector<std::string>& arguments,
                 std::chrono::seconds deadline = std::chrono::seconds(120));

// A command that is still running. Killed when it is destroyed.
class Running {
 public:
  explicit Running(const std::vector<std::string>& arguments);
  ~Running();
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  int pid() const { return pid_; }
  void signal(int number) const;
  std::string out_so_far() const;
  Ended wait(std::chrono::seconds deadline = std::chrono::seconds(120));

 private:
  int pid_ = -1;
  std::string out_path_;
  std::string err_path_;
};

// A folder of its own for one test, removed at the end.
class Scratch {
 public:
  Scratch();
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  std::string path(const std::string& name) const { return folder_ + "/" + name; }
  std::string write(const std::string& name, const std::string& content) const;  // the path

 private:
  std::string folder_;
};

std::string read_whole(const std::string& path);

// A process that a running command has started, once there is one.
std::optional<int> child_of(int pid);

// Whether the condition came to hold before half a minute was over.
template <typename Condition>
bool soon(Condition condition) {
  for (int i = 0; i < 3000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

}  // namespace torpor::tool
