#include "conformance/targets/workerd_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace torpor::targets {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(WorkerdConfig, GivesEachServiceItsPortItsDiskAndItsClasses) {
  const std::string config =
      workerd_config({{"2026-04-06",
                       {"one_flag"},
                       {"a/worker.js", "a/object.js"},
                       {{"Room", true}},
                       {{"ROOM", "Room"}}},
                      {"2026-04-07", {}, {"b/\"odd\".js"}, {{"Old", false}}, {}}},
                     {8001, 8002}, "/folder");
  EXPECT_THAT(
      config,
      AllOf(HasSubstr(R"(address = "127.0.0.1:8001", http = (), service = "torpor-0")"),
            HasSubstr(R"(address = "127.0.0.1:8002", http = (), service = "torpor-1")"),
            HasSubstr(R"(path = "/folder/disk-0")"), HasSubstr(R"(path = "/folder/disk-1")")));
  EXPECT_THAT(config,
              AllOf(HasSubstr(R"(compatibilityFlags = [ "one_flag", ])"),
                    HasSubstr(R"(( name = "a/object.js", esModule = embed "a/object.js" ))"),
                    HasSubstr(R"(( name = "ROOM", durableObjectNamespace = "Room" ))"),
                    HasSubstr(R"(embed "b/\"odd\".js")")));
  EXPECT_THAT(
      config,
      AllOf(HasSubstr(R"(className = "Room", uniqueKey = "torpor-0-Room", enableSql = true)"),
            HasSubstr(R"(className = "Old", uniqueKey = "torpor-1-Old", enableSql = false)")));
}

}  // namespace
}  // namespace torpor::targets
