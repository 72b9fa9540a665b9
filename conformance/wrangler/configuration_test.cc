#include "conformance/wrangler/configuration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

namespace torpor::wrangler {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;

constexpr const char* kJsonc = R"({
  // What the worker is called.
  "$schema": "./node_modules/wrangler/config-schema.json",
  "name": "room",
  "main": "src/index.js",
  "compatibility_date": "2026-04-07", /* the day of the automatic answer to a Close */
  "compatibility_flags": ["web_socket_manual_reply_to_close"],
  "durable_objects": {"bindings": [
    {"name": "ROOM", "class_name": "Room"},
    {"name": "LOBBY", "class_name": "Lobby"},
  ]},
  "migrations": [
    {"tag": "v1", "new_sqlite_classes": ["Hall", "Spare"], "new_classes": ["Lobby"]},
    {"tag": "v2", "deleted_classes": ["Spare"], "renamed_classes": [{"from": "Hall", "to": "Room"}]},
  ],
})";

constexpr const char* kToml = R"("$schema" = "./node_modules/wrangler/config-schema.json"
name = "room" # what the worker is called
main = "src/index.js"
compatibility_date = "2026-04-07"
compatibility_flags = [ "web_socket_manual_reply_to_close" ]

[[durable_objects.bindings]]
name = "ROOM"
class_name = "Room"

[[durable_objects.bindings]]
name = "LOBBY"
class_name = "Lobby"

[[migrations]]
tag = "v1"
new_sqlite_classes = [ "Hall", "Spare" ]
new_classes = [ "Lobby" ]

[[migrations]]
tag = "v2"
deleted_classes = [ "Spare" ]
renamed_classes = [ { from = "Hall", to = "Room" } ]
)";

std::vector<std::string> problems_of(const Loaded& loaded) {
  EXPECT_FALSE(loaded.configuration.has_value());
  std::vector<std::string> problems;
  for (const scenario::Problem& problem : loaded.problems) problems.push_back(problem.to_string());
  return problems;
}

std::vector<std::string> problems_of(const std::string& text, const std::string& file) {
  return problems_of(parse_configuration(text, file));
}

TEST(WranglerConfiguration, IsTheSameInBothFormats) {
  for (const auto& [text, file] :
       {std::pair(kJsonc, "a/wrangler.jsonc"), std::pair(kToml, "a/wrangler.toml")}) {
    const Loaded loaded = parse_configuration(text, file);
    for (const scenario::Problem& problem : loaded.problems) ADD_FAILURE() << problem.to_string();
    ASSERT_TRUE(loaded.configuration.has_value()) << file;
    EXPECT_EQ(loaded.configuration->name, "room");
    EXPECT_EQ(loaded.configuration->main, fs::path("a/src/index.js"));
    EXPECT_EQ(loaded.configuration->compatibility_date, "2026-04-07");
    EXPECT_THAT(loaded.configuration->compatibility_flags,
                ElementsAre("web_socket_manual_reply_to_close"));
    EXPECT_THAT(
        loaded.configuration->bindings,
        ElementsAre(AllOf(Field(&Binding::name, "ROOM"), Field(&Binding::class_name, "Room")),
                    AllOf(Field(&Binding::name, "LOBBY"), Field(&Binding::class_name, "Lobby"))));
    EXPECT_THAT(
        loaded.configuration->classes,
        ElementsAre(
            AllOf(Field(&DurableClass::name, "Room"), Field(&DurableClass::sqlite, true)),
            AllOf(Field(&DurableClass::name, "Lobby"), Field(&DurableClass::sqlite, false))));
  }
}

TEST(WranglerConfiguration, AWorkerMayHaveNoObjects) {
  const Loaded loaded = parse_configuration(
      R"({"name": "n", "main": "m.js", "compatibility_date": "2026-11-01"})", "wrangler.json");
  ASSERT_TRUE(loaded.configuration.has_value());
  EXPECT_THAT(loaded.configuration->bindings, IsEmpty());
  EXPECT_THAT(loaded.configuration->classes, IsEmpty());
}

TEST(WranglerConfiguration, SaysWhereItIsMalformed) {
  EXPECT_THAT(problems_of("{\n  \"name\": \"n\"\n  \"main\": 1}", "wrangler.jsonc"),
              ElementsAre(testing::StartsWith("wrangler.jsonc:3:")));
  EXPECT_THAT(problems_of("name = \"n\"\nmain = \n", "wrangler.toml"),
              ElementsAre(testing::StartsWith("wrangler.toml:2:")));
  EXPECT_THAT(problems_of("[]", "wrangler.jsonc"),
              ElementsAre("wrangler.jsonc:1: must be an object, not []"));
}

TEST(WranglerConfiguration, AsksForACompatibilityDate) {
  EXPECT_THAT(
      problems_of(R"({"name": "n", "main": "m.js"})", "wrangler.jsonc"),
      ElementsAre("wrangler.jsonc:1: no \"compatibility_date\"; add the day whose behaviour "
                  "the worker was written for: \"compatibility_date\": \"2026-11-01\""));
  EXPECT_THAT(problems_of("name = \"n\"\nmain = \"m.js\"\n", "wrangler.toml"),
              ElementsAre("wrangler.toml:1: no \"compatibility_date\"; add the day whose behaviour "
                          "the worker was written for: compatibility_date = \"2026-11-01\""));
}

TEST(WranglerConfiguration, RefusesADateInAnotherForm) {
  const std::string json = "{\"name\": \"n\", \"main\": \"m.js\",\n\"compatibility_date\": ";
  EXPECT_THAT(problems_of(json + "\"7 April 2026\"}", "wrangler.jsonc"),
              ElementsAre("wrangler.jsonc:2: /compatibility_date: '7 April 2026' is not a "
                          "compatibility date; write YYYY-MM-DD"));
  EXPECT_THAT(problems_of(json + "20260407}", "wrangler.jsonc"),
              ElementsAre("wrangler.jsonc:2: /compatibility_date: must be a string, not 20260407"));
  EXPECT_THAT(problems_of("name = \"n\"\nmain = \"m.js\"\ncompatibility_date = 2026-04-07\n",
                          "wrangler.toml"),
              ElementsAre("wrangler.toml:3: /compatibility_date: is a date of TOML; put it in "
                          "quotes: \"2026-04-07\""));
}

TEST(WranglerConfiguration, EveryBoundClassNeedsAMigration) {
  const std::string json = R"({"name": "n", "main": "m.js", "compatibility_date": "2026-11-01",
"durable_objects": {"bindings": [
{"name": "A", "class_name": "Anna"}]},
"migrations": [{"tag": "v1", "new_sqlite_classes": ["Ana"]}]})";
  EXPECT_THAT(
      problems_of(json, "wrangler.jsonc"),
      ElementsAre("wrangler.jsonc:3: /durable_objects/bindings/0/class_name: class \"Anna\" "
                  "is bound, but no migration makes it; add one with "
                  "\"new_sqlite_classes\": [\"Anna\"]"));
  const std::string toml = R"(name = "n"
main = "m.js"
compatibility_date = "2026-11-01"
[[durable_objects.bindings]]
name = "A"
class_name = "Anna"
)";
  EXPECT_THAT(problems_of(toml, "wrangler.toml"),
              ElementsAre("wrangler.toml:6: /durable_objects/bindings/0/class_name: class \"Anna\" "
                          "is bound, but no migration makes it; add one with new_sqlite_classes = "
                          "[\"Anna\"]"));
}

TEST(WranglerConfiguration, AClassOfAnotherWorkerIsNotServed) {
  const std::string json = R"({"name": "n", "main": "m.js", "compatibility_date": "2026-11-01",
"durable_objects": {"bindings": [{"name": "A", "class_name": "B", "script_name": "c"}]}})";
  EXPECT_THAT(problems_of(json, "wrangler.jsonc"),
              ElementsAre(testing::HasSubstr("classes of other workers are not served")));
}

TEST(WranglerConfiguration, TellsAllProblemsAtOnce) {
  EXPECT_EQ(problems_of(R"({"compatibility_flags": "x", "durable_objects": {},
"migrations": [{"new_sqlite_classes": [1]}]})",
                        "wrangler.jsonc")
                .size(),
            7u);
}

class WranglerFileTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "torpor-wrangler-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::vector<std::string> problems(const std::string& name) const {
    return problems_of(load_configuration(folder_ / name));
  }

  fs::path folder_;
};

TEST_F(WranglerFileTest, SaysThatThereIsNone) {
  EXPECT_THAT(problems("wrangler.jsonc"),
              ElementsAre((folder_ / "wrangler.jsonc").string() +
                          ": cannot be read; it is a wrangler.jsonc, wrangler.json or "
                          "wrangler.toml"));
  std::ofstream(folder_ / "wrangler.yaml") << "name: n\n";
  EXPECT_THAT(problems("wrangler.yaml"),
              ElementsAre((folder_ / "wrangler.yaml").string() +
                          ": is no Wrangler configuration by its name; it is a wrangler.jsonc, "
                          "wrangler.json or wrangler.toml"));
}

TEST_F(WranglerFileTest, ReadsBothFormatsAndWantsTheCodeToBeThere) {
  std::ofstream(folder_ / "wrangler.jsonc") << kJsonc;
  std::ofstream(folder_ / "wrangler.toml") << kToml;
  for (const char* name : {"wrangler.jsonc", "wrangler.toml"}) {
    EXPECT_THAT(problems(name), ElementsAre((folder_ / name).string() + ": /main: there is no " +
                                            (folder_ / "src/index.js").string() +
                                            "; the path is taken from the configuration's folder"));
  }
  fs::create_directories(folder_ / "src");
  std::ofstream(folder_ / "src" / "index.js") << "";
  for (const char* name : {"wrangler.jsonc", "wrangler.toml"}) {
    const Loaded loaded = load_configuration(folder_ / name);
    ASSERT_TRUE(loaded.configuration.has_value());
    EXPECT_EQ(loaded.configuration->main, folder_ / "src" / "index.js");
  }
}

}  // namespace
}  // namespace torpor::wrangler
