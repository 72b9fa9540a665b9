// `torpor serve --storage`: what objects store outlives the process, and a folder is one process's.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <boost/asio/ip/tcp.hpp>
#include <thread>

#include "conformance/targets/real_runner.h"
#include "conformance/targets/tcp_target.h"
#include "core/json.h"
#include "tools/torpor/process.h"

namespace torpor::tool {
namespace {

using ::testing::HasSubstr;

constexpr const char* kProgram = R"({
  "fetch": [{"op": "storageGet", "key": "k"}, {"op": "storagePut", "key": "k", "value": "kept"},
            {"op": "setAlarm", "ms": 2000}],
  "alarm": [{"op": "log", "value": "rang"}]})";

class Served {
 public:
  explicit Served(const std::string& folder) : process_({"serve", "--storage", folder}) {
    std::string out;
    for (int i = 0; i < 2000 && out.find('\n') == std::string::npos; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      out = process_.out_so_far();
    }
    const targets::TcpAddress address = targets::tcp_address_of(
        "tcp://" + out.substr(out.find("127."), out.find('\n') - out.find("127.")));
    endpoint_ = {boost::asio::ip::make_address(address.host), address.port};
  }

  run::HttpAnswer call(const std::string& method, const std::string& target,
                       const std::string& body) {
    targets::RealRunner runner(1, 1);
    return runner.call(endpoint_, {.target = target, .method = method, .headers = {}, .body = body},
                       milliseconds(20'000));
  }
  Json log() { return Json::parse(call("GET", "/torpor/1/objects/o/log", "").body)["entries"]; }
  void load() { call("PUT", "/torpor/1/objects/o/program", kProgram); }
  void request() { call("GET", "/object/o/x", ""); }
  void kill() { process_.signal(SIGKILL); }

 private:
  Running process_;
  boost::asio::ip::tcp::endpoint endpoint_;
};

Json values(const Json& log, const std::string& op) {
  Json found = Json::array();
  for (const Json& entry : log) {
    if (entry.value("op", "") == op) found.push_back(entry["value"]);
  }
  return found;
}

TEST(ServeStorage, KeepsValuesAndAlarmsWhenTheProcessIsKilled) {
  Scratch scratch;
  const std::string folder = scratch.path("storage");
  {
    Served first(folder);
    first.load();
    first.request();
    EXPECT_EQ(values(first.log(), "storageGet"), Json::parse(R"([{"$":"undefined"}])"));
    first.kill();
  }
  Served second(folder);
  second.load();
  for (int i = 0; i < 400 && values(second.log(), "log").empty(); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_EQ(values(second.log(), "log"), Json::parse(R"(["rang"])"));
  second.request();
  EXPECT_EQ(values(second.log(), "storageGet"), Json::parse(R"(["kept"])"));
}

TEST(ServeStorage, AFolderInUseIsRefused) {
  Scratch scratch;
  const std::string folder = scratch.path("storage");
  Served first(folder);
  const Ended second = run_torpor({"serve", "--storage", folder}, std::chrono::seconds(20));
  EXPECT_EQ(second.exit, 2) << second.out;
  EXPECT_THAT(second.err, HasSubstr("in use by another torpor serve"));
}

TEST(ServeStorage, AFileThatIsNoDatabaseIsNamed) {
  Scratch scratch;
  const std::string file = scratch.write("storage/o.sqlite", std::string(4096, 'x'));
  const Ended ended =
      run_torpor({"serve", "--storage", scratch.path("storage")}, std::chrono::seconds(20));
  EXPECT_EQ(ended.exit, 2) << ended.out;
  EXPECT_THAT(ended.err, HasSubstr("o.sqlite"));
  EXPECT_THAT(ended.err, HasSubstr("not a database"));
  EXPECT_EQ(read_whole(file), std::string(4096, 'x'));
}

TEST(ServeStorage, AFolderThatCannotBeMadeIsNamed) {
  Scratch scratch;
  const std::string file = scratch.write("file", "");
  const Ended ended =
      run_torpor({"serve", "--storage", file + "/storage"}, std::chrono::seconds(20));
  EXPECT_EQ(ended.exit, 2) << ended.out;
  EXPECT_THAT(ended.err, HasSubstr(file + "/storage"));
}

}  // namespace
}  // namespace torpor::tool
