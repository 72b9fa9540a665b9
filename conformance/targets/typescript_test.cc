// Against the real compiler.
#include "conformance/targets/typescript.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace torpor::targets {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

class TypeScriptTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "torpor-types-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    fs::create_directories(folder_ / "it's one");
    write("tsconfig.json",
          R"({"compilerOptions": {"target": "es2022", "module": "es2022", "types": [],
      "strict": true, "noEmitOnError": true, "rootDir": "."}, "include": ["*/*.ts"]})");
    write("it's one/index.ts", "export const answer: number = 42;\n");
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
  }

  fs::path folder_;
};

TEST_F(TypeScriptTest, CompilesAModuleAndRemovesItAfterwards) {
  fs::path made;
  {
    TypeScript compiler;
    made = compiler.compiled(folder_ / "it's one" / "index.ts");
    std::ostringstream text;
    text << std::ifstream(made).rdbuf();
    EXPECT_THAT(text.str(), HasSubstr("export const answer = 42;"));
    EXPECT_EQ(compiler.compiled(folder_ / "it's one" / "index.ts"), made);
  }
  EXPECT_FALSE(fs::exists(made));
  EXPECT_FALSE(fs::exists(folder_ / "it's one" / "index.js"));
}

TEST_F(TypeScriptTest, AMistakeInATypeIsToldInTheCompilersWords) {
  write("it's one/index.ts", "export const answer: number = \"42\";\n");
  try {
    TypeScript().compiled(folder_ / "it's one" / "index.ts");
    ADD_FAILURE() << "compiled";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("index.ts(1,14): error TS2322"));
  }
}

TEST_F(TypeScriptTest, ModulesNeedAProjectAround) {
  fs::remove(folder_ / "tsconfig.json");
  EXPECT_THROW(TypeScript().compiled(folder_ / "it's one" / "index.ts"), std::runtime_error);
}

}  // namespace
}  // namespace torpor::targets
