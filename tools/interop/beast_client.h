// Boost.Beast as a client of a `torpor serve` of its own, for beast_test.cc.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/websocket.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/json.h"
#include "tools/torpor/process.h"

namespace torpor::interop {

// `torpor serve` with the fixture. Objects are reached by name.
class Serve {
 public:
  explicit Serve(std::vector<std::string> options = {});

  const std::string& port() const { return port_; }
  // Loads the program of that name in programs.json into an object of its own, and names the
  // object.
  std::string object(const std::string& program);
  Json log(const std::string& object) const;
  // The first log entry that tells of `event`, once it is there.
  Json logged(const std::string& object, const std::string& event) const;
  int exit_after(int signal);

 private:
  std::string http(const char* method, const std::string& target, const std::string& body) const;

  tool::Running command_;
  std::string port_;
  int objects_ = 0;
};

// Text as Beast reads it, with what kind of message it was.
struct Received {
  std::string octets;
  bool text = false;
  friend bool operator==(const Received&, const Received&) = default;
};

class Client {
 public:
  using Stream = boost::beast::websocket::stream<boost::asio::ip::tcp::socket>;

  Client() : stream_(loop_) {}

  Stream& stream() { return stream_; }
  // Connects and upgrades; the value of Sec-WebSocket-Extensions in the response, if any.
  std::string open(const Serve& serve, const std::string& object);
  void write(const std::string& octets, bool text = true);
  Received read();
  // Reads on until something ends the connection, and says what.
  boost::beast::error_code read_to_the_end();

 private:
  boost::asio::io_context loop_;
  Stream stream_;
};

}  // namespace torpor::interop
