#include "core/object/outgoing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/object/js_error.h"

namespace torpor::object {
namespace {

std::string problem_with(const std::string& url) {
  try {
    checked_socket_url(url);
    return "";
  } catch (const JsError& thrown) {
    EXPECT_EQ(thrown.name, "SyntaxError");
    return thrown.message;
  }
}

std::string problem_with(const std::vector<std::string>& protocols, bool is_list) {
  try {
    check_protocols(protocols, is_list);
    return "";
  } catch (const JsError& thrown) {
    EXPECT_EQ(thrown.name, "SyntaxError");
    return thrown.message;
  }
}

TEST(SocketUrlTest, IsTakenApart) {
  const auto url = parse_socket_url("WS://user:pass@host.test:8080/a b?q=1");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->scheme, "ws");
  EXPECT_EQ(url->host, "host.test");
  EXPECT_EQ(url->port, 8080);
  EXPECT_EQ(url->authority, "host.test:8080");
  EXPECT_EQ(url->target, "/a b?q=1");
  EXPECT_FALSE(url->has_fragment);
}

TEST(SocketUrlTest, HasDefaults) {
  EXPECT_EQ(parse_socket_url("ws://h")->port, 80);
  EXPECT_EQ(parse_socket_url("wss://h")->port, 443);
  EXPECT_EQ(parse_socket_url("ws://h")->target, "/");
  EXPECT_EQ(parse_socket_url("ws://h?q")->target, "/?q");
  EXPECT_EQ(parse_socket_url("ws://[::1]:9/")->host, "::1");
  EXPECT_EQ(parse_socket_url("ws://[::1]:9/")->port, 9);
}

TEST(SocketUrlTest, AWrongAuthorityLeadsNowhere) {
  for (const char* url : {"ws://", "ws://[::1", "ws:///x"})
    EXPECT_EQ(parse_socket_url(url)->host, "") << url;
  for (const char* url : {"ws://h:", "ws://h:99999/", "ws://h:1x/", "ws://[::1]9/"})
    EXPECT_EQ(parse_socket_url(url)->port, 0) << url;
}

TEST(SocketUrlTest, Out01TheConstructorRefusesWhatIsNoSocketUrl) {
  const std::string invalid = "WebSocket Constructor: The url is invalid.";
  for (const char* url : {"", "x", "ws:", "ws:h", "//h", "/x", " ws://h", "1s://h"})
    EXPECT_EQ(problem_with(url), invalid) << url;
  EXPECT_EQ(problem_with("http://127.0.0.1#f"),
            "WebSocket Constructor: The url scheme must be ws or wss.");
  EXPECT_EQ(problem_with("ws://h/#"), "WebSocket Constructor: The url fragment must be empty.");
  EXPECT_EQ(problem_with("wss://h/"), "");
}

TEST(ProtocolsTest, Out02TokensAndNoneTwice) {
  EXPECT_EQ(problem_with({}, true), "");
  EXPECT_EQ(problem_with({"a", "A", "b.c"}, true), "");
  EXPECT_EQ(problem_with({""}, false),
            "WebSocket Constructor: The protocol header token is invalid.");
  EXPECT_EQ(problem_with({"a", "b/c"}, true),
            "WebSocket Constructor: One of the protocol header tokens is invalid.");
  EXPECT_EQ(problem_with({"a", "a"}, true),
            "WebSocket Constructor: The protocols header cannot have repeating values.");
}

}  // namespace
}  // namespace torpor::object
