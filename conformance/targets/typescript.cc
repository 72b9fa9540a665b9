#include "conformance/targets/typescript.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace torpor::targets {

namespace fs = std::filesystem;

namespace {

constexpr const char* kProject = "tsconfig.json";

fs::path compiler() {
  return fs::path(TORPOR_SOURCE_DIR) / "tools" / "node_modules" / ".bin" / "tsc";
}

fs::path project_around(const fs::path& main) {
  for (fs::path folder = fs::absolute(main).parent_path();; folder = folder.parent_path()) {
    if (fs::exists(folder / kProject)) return folder / kProject;
    if (folder == folder.parent_path())
      throw std::runtime_error(main.string() + ": there is no " + kProject + " around it");
  }
}

std::string in_shell(const fs::path& path) {
  std::string out = "'";
  for (const char c : path.string()) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

// Throws with what it wrote when it does not end well.
void run(const std::string& command) {
  FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) throw std::system_error(errno, std::generic_category(), command);
  std::string said;
  for (int c = ::fgetc(pipe); c != EOF; c = ::fgetc(pipe)) said += static_cast<char>(c);
  const int status = ::pclose(pipe);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    throw std::runtime_error("the TypeScript compiler refuses the worker; it says:\n" + said);
}

}  // namespace

TypeScript::~TypeScript() {
  std::error_code ignored;
  for (const auto& [project, folder] : folders_) fs::remove_all(folder, ignored);
}

fs::path TypeScript::compiled(const fs::path& main) {
  const fs::path project = project_around(main);
  const auto [it, is_new] = folders_.try_emplace(project);
  if (is_new) {
    if (!fs::exists(compiler()))
      throw std::runtime_error("no TypeScript compiler at " + compiler().string() +
                               ": run tools/setup.sh");
    std::string name = (fs::temp_directory_path() / "torpor-typescript-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr)
      throw std::system_error(errno, std::generic_category(), name);
    it->second = name;
    run(in_shell(compiler()) + " -p " + in_shell(project) + " --outDir " + in_shell(it->second));
  }
  return it->second /
         fs::relative(fs::absolute(main), project.parent_path()).replace_extension(".js");
}

}  // namespace torpor::targets
