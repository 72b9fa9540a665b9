// TypeScript workers, compiled by the compiler that npm has installed in tools/.
#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace torpor::targets {

class TypeScript {
 public:
  TypeScript() = default;
  // Removes what it has compiled.
  ~TypeScript();
  TypeScript(const TypeScript&) = delete;
  TypeScript& operator=(const TypeScript&) = delete;

  // The module that `main` becomes; all that belongs to the closest tsconfig.json around it is
  // compiled once. Throws std::runtime_error with the compiler's own words.
  std::filesystem::path compiled(const std::filesystem::path& main);

 private:
  std::map<std::filesystem::path, std::filesystem::path> folders_;  // of each tsconfig.json: output
};

}  // namespace torpor::targets
