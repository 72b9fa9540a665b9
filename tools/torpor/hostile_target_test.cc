// Targets that do their worst: the command says what is wrong and comes to an end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <cstdlib>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <thread>

#include "conformance/report/results_reader.h"
#include "tools/torpor/sample_scenario.h"

namespace torpor::tool {
namespace {

using boost::asio::ip::tcp;
using ::testing::HasSubstr;

// A program in place of workerd, for the commands of one test.
class InPlaceOfWorkerd {
 public:
  explicit InPlaceOfWorkerd(const std::string& program) {
    ::setenv("TORPOR_WORKERD", program.c_str(), 1);
  }
  ~InPlaceOfWorkerd() {
    if (before_) ::setenv("TORPOR_WORKERD", before_->c_str(), 1);
    if (!before_) ::unsetenv("TORPOR_WORKERD");
  }
  InPlaceOfWorkerd(const InPlaceOfWorkerd&) = delete;
  InPlaceOfWorkerd& operator=(const InPlaceOfWorkerd&) = delete;

 private:
  const char* set_ = std::getenv("TORPOR_WORKERD");
  std::optional<std::string> before_ = set_ ? std::optional<std::string>(set_) : std::nullopt;
};

// Answers each connection as told, in a thread of its own, until the client has gone.
class Hostile {
 public:
  using Answer = std::function<void(tcp::socket&, const std::string& request)>;

  explicit Hostile(Answer answer)
      : answer_(std::move(answer)),
        acceptor_(loop_, {boost::asio::ip::address_v4::loopback(), 0}),
        accepting_([this] { accept(); }) {}
  ~Hostile() {
    stopping_ = true;
    boost::system::error_code ignored;
    tcp::socket(loop_).connect(acceptor_.local_endpoint(), ignored);  // so that accept() returns
    accepting_.join();
    for (std::thread& thread : serving_) thread.join();
  }

  std::string target() const {
    return "tcp://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
  }

 private:
  void accept() {
    while (!stopping_) {
      auto socket = std::make_shared<tcp::socket>(loop_);
      acceptor_.accept(*socket);
      serving_.emplace_back([this, socket] { serve(*socket); });
    }
  }
  void serve(tcp::socket& socket) {
    try {
      std::string request(4096, '\0');
      request.resize(socket.read_some(boost::asio::buffer(request)));
      answer_(socket, request);
    } catch (const boost::system::system_error&) {
      // The client has gone: what every one of these waits for.
    }
  }

  Answer answer_;
  boost::asio::io_context loop_;
  tcp::acceptor acceptor_;
  std::atomic<bool> stopping_ = false;
  std::list<std::thread> serving_;
  std::thread accepting_;
};

void say(tcp::socket& socket, const std::string& octets) {
  boost::asio::write(socket, boost::asio::buffer(octets));
}

void say_for_ever(tcp::socket& socket, const std::string& octets) {
  for (;;) say(socket, octets);
}

std::string answer_with(const std::string& body) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

// Serves the contract, and floods whoever upgrades.
void flood(tcp::socket& socket, const std::string& request) {
  if (request.find("/hello") != std::string::npos)
    return say(socket, answer_with(R"({"contract":1,"implementation":"flood","features":[]})"));
  if (request.starts_with("PUT")) return say(socket, "HTTP/1.1 204 No Content\r\n\r\n");
  if (request.find("/log") != std::string::npos)
    return say(socket, answer_with(R"({"entries":[]})"));
  say(socket, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n");
  say_for_ever(socket, std::string("\x81\x7e\xff\xff", 4) + std::string(65535, 'y'));
}

Ended certify(const Hostile& hostile) {
  SampleCatalogue sample;
  return run_torpor(sample.with({"certify", hostile.target()}), std::chrono::seconds(120));
}

TEST(HostileTarget, GarbageIsNoHttp) {
  Hostile hostile(
      [](tcp::socket& socket, const std::string&) { say_for_ever(socket, "\x01\xffgarbage"); });
  const Ended ended = certify(hostile);
  EXPECT_EQ(ended.exit, 3) << ended.out << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("the answer is not HTTP"));
}

TEST(HostileTarget, HeadersWithoutAnEndAreGivenUp) {
  Hostile hostile([](tcp::socket& socket, const std::string&) {
    say(socket, "HTTP/1.1 200 OK\r\n");
    say_for_ever(socket, "X-Filler: " + std::string(1000, 'x') + "\r\n");
  });
  const Ended ended = certify(hostile);
  EXPECT_EQ(ended.exit, 3) << ended.out << ended.err;
}

TEST(HostileTarget, ClosingAtOnceIsNoAnswer) {
  Hostile hostile([](tcp::socket&, const std::string&) {});
  const Ended ended = certify(hostile);
  EXPECT_EQ(ended.exit, 3) << ended.out << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("ended before an answer came"));
}

TEST(HostileTarget, AHelloWithMembersOfAnotherTypeIsNotTheContract) {
  const struct {
    const char* members;
    const char* said;
  } table[] = {
      {R"("implementation": 5)", R"("implementation" is not a string)"},
      {R"("features": "x")", R"("features" is not a list of strings)"},
      {R"("features": ["evict", null])", R"("features" is not a list of strings)"},
      {R"("compatibilityDate": "zz")", "'zz' is not a compatibility date"},
      {R"("compatibilityDate": 7)", R"("compatibilityDate" is not a string)"},
      {R"("compatibilityFlags": 5)", R"("compatibilityFlags" is not a list of strings)"},
  };
  for (const auto& row : table) {
    const std::string hello = std::string(R"({"contract": 1, )") + row.members + "}";
    Hostile hostile(
        [&](tcp::socket& socket, const std::string&) { say(socket, answer_with(hello)); });
    for (const Ended& ended : {certify(hostile), run_torpor({"probe", hostile.target()})}) {
      EXPECT_EQ(ended.exit, 3) << hello << ended.out << ended.err;
      EXPECT_THAT(ended.err,
                  HasSubstr("not as the fixture contract says (" + std::string(row.said)));
    }
  }
}

TEST(HostileTarget, AFloodOfMessagesEndsWithTheCase) {
  Hostile hostile(flood);
  const Ended ended = certify(hostile);
  EXPECT_EQ(ended.exit, 1) << ended.out.substr(0, 2000) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("not conformant"));
}

// What it has no control for, and what is not for it, is no verdict on a workerd that never was.
TEST(HostileTarget, AWorkerdThatDoesNotStartFailsEveryCaseAndIsOneTarget) {
  SampleCatalogue sample;
  const std::string any = sample.scratch().write("no-program", "nothing");
  for (const char* need : {"virtualTime", "usage", "storageFaults"}) {
    std::string text = kCloseScenario;
    text.replace(text.find("close/echo"), 10, std::string("needs/") + need);
    text.insert(text.find("\"program\""), std::string("\"needs\": [\"") + need + "\"], ");
    sample.scratch().write(std::string("catalogue/") + need + ".json", text);
  }
  for (const std::string& program : {std::string("/bin/false"), any}) {
    InPlaceOfWorkerd other(program);
    const std::string file = sample.scratch().path("r.jsonl");
    const Ended ended = run_torpor(sample.with({"certify", "workerd", "--results", file}));
    EXPECT_EQ(ended.exit, 3) << ended.out << ended.err;
    EXPECT_THAT(ended.err, HasSubstr(program == any ? "is not a program that can be run"
                                                    : "/bin/false does not serve the fixture; "
                                                      "it said nothing"));
    const auto read = report::read_results_file(file);
    ASSERT_TRUE(std::holds_alternative<report::Results>(read));
    const auto& results = std::get<report::Results>(read);
    EXPECT_EQ(report::columns_of(results).size(), 1u);
    EXPECT_EQ(results.cases.size(), 5u);
    for (const report::CaseResult& result : results.cases)
      EXPECT_TRUE(result.error) << result.case_id;
  }
}

}  // namespace
}  // namespace torpor::tool
