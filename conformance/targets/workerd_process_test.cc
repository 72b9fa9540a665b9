// Against the real workerd.
#include "conformance/targets/workerd_process.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <thread>

#include "conformance/targets/sample_workers.h"
#include "reference-server/samples/samples.h"

namespace torpor::targets {
namespace {

namespace fs = std::filesystem;
using boost::asio::ip::tcp;

tcp::socket open_connection(boost::asio::io_context& io, std::uint16_t port) {
  tcp::socket socket(io);
  socket.connect({boost::asio::ip::address_v4::loopback(), port});
  return socket;
}

std::string ask(tcp::socket& socket, const std::string& request) {
  boost::asio::write(socket, boost::asio::buffer(request));
  std::string answer(1024, '\0');
  answer.resize(socket.read_some(boost::asio::buffer(answer)));
  return answer;
}

std::string hello(tcp::socket& socket) {
  return ask(socket, "GET /torpor/1/hello HTTP/1.1\r\nHost: test\r\n\r\n");
}

std::string hello(std::uint16_t port) {
  boost::asio::io_context io;
  tcp::socket socket = open_connection(io, port);
  return hello(socket);
}

bool serves(std::uint16_t port) {
  return hello(port).rfind("HTTP/1.1 200", 0) == 0;
}

template <typename Condition>
bool soon(Condition condition) {
  for (int i = 0; i < 1000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

class WorkerdProcessTest : public testing::Test {
 protected:
  void SetUp() override {
    try {
      options_.binary = find_workerd_binary(std::nullopt);
    } catch (const std::runtime_error& missing) {
      FAIL() << missing.what();
    }
    options_.fixture_dir = default_fixture_dir();
    options_.services = {{"2026-04-06", {}}, {"2026-04-07", {}}};
  }

  WorkerdProcess::Options options_;
};

TEST_F(WorkerdProcessTest, ServesEachDateOnItsPort) {
  WorkerdProcess workerd(options_);
  ASSERT_EQ(workerd.ports().size(), 2u);
  EXPECT_NE(workerd.ports()[0], workerd.ports()[1]);
  for (const std::uint16_t port : workerd.ports()) EXPECT_TRUE(serves(port));
  EXPECT_TRUE(workerd.alive());
}

TEST_F(WorkerdProcessTest, ServesEverySampleInBothLanguages) {
  SampleWorkers samples;
  options_.services.resize(1);
  for (const server::samples::Sample& sample : server::samples::all_samples()) {
    for (const char* language : {"js", "ts"}) {
      options_.services.push_back(
          {"2026-11-01", {}, samples.worker_of({std::string(sample.name), language})});
    }
  }
  WorkerdProcess workerd(options_);
  ASSERT_EQ(workerd.ports().size(), 1 + 2 * server::samples::all_samples().size());
  EXPECT_TRUE(serves(workerd.ports()[0]));
  for (std::size_t i = 1; i < workerd.ports().size(); ++i)
    EXPECT_EQ(hello(workerd.ports()[i]).rfind("HTTP/1.1 400 Bad Request", 0), 0u) << i;
}

TEST_F(WorkerdProcessTest, LeavesNothingBehindAlthoughARequestIsOpen) {
  for (const bool stop_first : {false, true}) {
    auto workerd = std::make_unique<WorkerdProcess>(options_);
    const fs::path folder = workerd->folder();
    const pid_t pid = workerd->pid();
    const std::uint16_t port = workerd->ports()[0];
    EXPECT_TRUE(fs::exists(folder));
    boost::asio::io_context io;
    tcp::socket open = open_connection(io, port);
    const std::string program = R"({"fetch":[{"op":"never"}]})";
    const std::string load =
        "PUT /torpor/1/objects/a/program HTTP/1.1\r\nHost: test\r\nContent-Length: " +
        std::to_string(program.size()) + "\r\n\r\n" + program;
    ASSERT_EQ(ask(open, load).rfind("HTTP/1.1 204", 0), 0u);
    boost::asio::write(
        open, boost::asio::buffer(std::string("GET /object/a/x HTTP/1.1\r\nHost: test\r\n\r\n")));
    hello(port);  // by now it has the other request
    if (stop_first) {
      workerd->stop();
      EXPECT_FALSE(workerd->alive());
      EXPECT_EQ(::kill(pid, 0), -1);
    }
    workerd.reset();
    EXPECT_FALSE(fs::exists(folder));
    EXPECT_EQ(::kill(pid, 0), -1);
    EXPECT_FALSE(accepts(port));
  }
}

TEST_F(WorkerdProcessTest, NoticesThatItWasKilledAndStartsAgainOnTheSamePorts) {
  WorkerdProcess workerd(options_);
  const std::vector<std::uint16_t> ports = workerd.ports();
  ::kill(workerd.pid(), SIGKILL);
  EXPECT_TRUE(soon([&] { return !workerd.alive(); }));
  EXPECT_FALSE(accepts(ports[0]));
  workerd.restart();
  EXPECT_EQ(workerd.ports(), ports);
  for (const std::uint16_t port : ports) EXPECT_TRUE(serves(port));
}

TEST_F(WorkerdProcessTest, DeployDropsOpenConnectionsAndServesAgain) {
  options_.watch = true;
  WorkerdProcess workerd(options_);
  for (int i = 0; i < 2; ++i) {
    boost::asio::io_context io;
    tcp::socket open = open_connection(io, workerd.ports()[1]);
    hello(open);
    ASSERT_TRUE(workerd.deploy());
    char octet = 0;
    boost::system::error_code error;
    EXPECT_EQ(boost::asio::read(open, boost::asio::buffer(&octet, 1), error), 0u);
    EXPECT_TRUE(error);
    ASSERT_TRUE(soon([&] { return workerd.ready(); })) << workerd.last_log_lines(20);
    for (const std::uint16_t port : workerd.ports()) EXPECT_TRUE(serves(port));
  }
}

TEST_F(WorkerdProcessTest, WithoutWatchThereIsNoDeploy) {
  WorkerdProcess workerd(options_);
  EXPECT_FALSE(workerd.deploy());
}

TEST_F(WorkerdProcessTest, SaysWhatIsWrongWithAConfiguration) {
  options_.services[1].flags = {"no_such_flag"};
  for (const bool watch : {false, true}) {
    options_.watch = watch;
    try {
      WorkerdProcess workerd(options_);
      ADD_FAILURE() << "started with an unknown flag, watch " << watch;
    } catch (const std::runtime_error& error) {
      EXPECT_NE(std::string(error.what()).find("no_such_flag"), std::string::npos) << error.what();
    }
  }
}

TEST_F(WorkerdProcessTest, ABinaryThatDoesNotRunIsAnError) {
  options_.binary = "/nonexistent/workerd";
  EXPECT_THROW(WorkerdProcess{options_}, std::runtime_error);
}

TEST(FindWorkerd, TheEnvironmentWinsButMustBeRunnable) {
  const char* before = ::getenv("TORPOR_WORKERD");
  const std::string saved = before == nullptr ? "" : before;
  ::setenv("TORPOR_WORKERD", "/bin/sh", 1);
  EXPECT_EQ(find_workerd_binary("1.20990101.0"), "/bin/sh");
  ::setenv("TORPOR_WORKERD", "/nonexistent/workerd", 1);
  EXPECT_THROW(find_workerd_binary(std::nullopt), std::runtime_error);
  ::unsetenv("TORPOR_WORKERD");
  EXPECT_THROW(find_workerd_binary("../elsewhere"), std::runtime_error);
  if (before != nullptr) ::setenv("TORPOR_WORKERD", saved.c_str(), 1);
}

TEST(WorkerdVersion, IsThatOfThePackageAround) {
  std::string name = (fs::temp_directory_path() / "torpor-version-XXXXXX").string();
  ASSERT_NE(::mkdtemp(name.data()), nullptr);
  const fs::path folder = name;
  fs::create_directories(folder / "bin");
  std::ofstream(folder / "bin" / "workerd") << "";
  EXPECT_EQ(workerd_version(folder / "bin" / "workerd"), "unknown");
  std::ofstream(folder / "package.json")
      << R"({"name":"@cloudflare/workerd-linux-64","version":"1.20990101.0"})";
  EXPECT_EQ(workerd_version(folder / "bin" / "workerd"), "1.20990101.0");
  std::ofstream(folder / "package.json") << R"({"name":"another","version":"2.0.0"})";
  EXPECT_EQ(workerd_version(folder / "bin" / "workerd"), "unknown");
  fs::remove_all(folder);
}

}  // namespace
}  // namespace torpor::targets
