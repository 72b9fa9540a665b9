#include "tools/torpor/process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

namespace torpor::tool {
namespace {

std::string temporary(const char* kind) {
  std::string name = (std::filesystem::temp_directory_path() / "torpor-XXXXXX").string();
  if (std::string(kind) == "folder") {
    if (mkdtemp(name.data()) == nullptr) std::abort();
    return name;
  }
  int descriptor = mkstemp(name.data());
  if (descriptor < 0) std::abort();
  close(descriptor);
  return name;
}

// In the child: nothing but the command itself, with its output in files.
[[noreturn]] void become(const std::vector<std::string>& arguments, const char* out,
                         const char* err) {
  std::vector<char*> argv = {const_cast<char*>(TORPOR_BINARY)};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  dup2(open(out, O_WRONLY | O_TRUNC), 1);
  dup2(open(err, O_WRONLY | O_TRUNC), 2);
  execv(TORPOR_BINARY, argv.data());
  _exit(127);
}

}  // namespace

std::string read_whole(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream content;
  content << in.rdbuf();
  return content.str();
}

Running::Running(const std::vector<std::string>& arguments)
    : out_path_(temporary("file")), err_path_(temporary("file")) {
  pid_ = fork();
  if (pid_ == 0) become(arguments, out_path_.c_str(), err_path_.c_str());
  if (pid_ < 0) std::abort();
}

Running::~Running() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  std::filesystem::remove(out_path_);
  std::filesystem::remove(err_path_);
}

void Running::signal(int number) const {
  kill(pid_, number);
}

std::string Running::out_so_far() const {
  return read_whole(out_path_);
}

Ended Running::wait(std::chrono::seconds deadline) {
  auto end = std::chrono::steady_clock::now() + deadline;
  int status = 0;
  while (waitpid(pid_, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > end) {
      kill(pid_, SIGKILL);
      waitpid(pid_, &status, 0);
      break;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  pid_ = -1;
  int exit = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return {exit, read_whole(out_path_), read_whole(err_path_)};
}

Ended run_torpor(const std::vector<std::string>& arguments, std::chrono::seconds deadline) {
  return Running(arguments).wait(deadline);
}

Scratch::Scratch() : folder_(temporary("folder")) {}
Scratch::~Scratch() {
  std::filesystem::remove_all(folder_);
}

std::string Scratch::write(const std::string& name, const std::string& content) const {
  std::filesystem::create_directories(std::filesystem::path(path(name)).parent_path());
  std::ofstream(path(name), std::ios::binary) << content;
  return path(name);
}

std::optional<int> child_of(int pid) {
  std::ifstream children("/proc/" + std::to_string(pid) + "/task/" + std::to_string(pid) +
                         "/children");
  int child = 0;
  return children >> child ? std::optional(child) : std::nullopt;
}

}  // namespace torpor::tool
