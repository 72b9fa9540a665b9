#include "reference-server/storage_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace torpor::server {
namespace {

TEST(StorageFiles, NoFolderIsNoFile) {
  EXPECT_EQ(storage_file("", "a"), "");
}

TEST(StorageFiles, NoNameLeavesTheFolderAndEachIsFoundAgain) {
  const std::string folder = testing::TempDir() + "torpor_storage_files_test";
  std::filesystem::create_directories(folder);
  const std::vector<std::string> names = {"%2e", "..", "../x", "A-b_9", "a/b", "é"};
  for (const std::string& name : names) {
    const std::filesystem::path file = storage_file(folder, name);
    EXPECT_EQ(file.parent_path(), folder);
    std::ofstream(file) << "";
  }
  std::ofstream(folder + "/lock") << "";
  EXPECT_EQ(stored_objects(folder), names);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace torpor::server
