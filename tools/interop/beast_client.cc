#include "tools/interop/beast_client.h"

#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <regex>
#include <stdexcept>
#include <thread>

namespace torpor::interop {
namespace {

namespace beast = boost::beast;
using boost::asio::ip::tcp;

constexpr const char* kHost = "127.0.0.1";
constexpr std::chrono::milliseconds kPause{5};

tcp::endpoint endpoint(const std::string& port) {
  return {boost::asio::ip::make_address(kHost), static_cast<std::uint16_t>(std::stoi(port))};
}

std::vector<std::string> command(std::vector<std::string> options) {
  options.insert(options.begin(), {"serve", "--port", "0"});
  return options;
}

// Waits for the line that says the port; CTest's time limit is the safety net.
std::string port_of(const tool::Running& serve) {
  static const std::regex kLine("listening on 127\\.0\\.0\\.1:(\\d+)\n");
  for (;;) {
    std::smatch match;
    const std::string out = serve.out_so_far();
    if (std::regex_search(out, match, kLine)) return match[1];
    std::this_thread::sleep_for(kPause);
  }
}

}  // namespace

Serve::Serve(std::vector<std::string> options)
    : command_(command(std::move(options))), port_(port_of(command_)) {}

std::string Serve::http(const char* method, const std::string& target,
                        const std::string& body) const {
  boost::asio::io_context loop;
  tcp::socket socket(loop);
  socket.connect(endpoint(port_));
  beast::http::request<beast::http::string_body> request(beast::http::string_to_verb(method),
                                                         target, 11, body);
  request.set(beast::http::field::host, kHost);
  request.prepare_payload();
  beast::http::write(socket, request);
  beast::flat_buffer buffer;
  beast::http::response<beast::http::string_body> response;
  beast::http::read(socket, buffer, response);
  if (response.result_int() / 100 != 2) throw std::runtime_error(target + ": " + response.body());
  return response.body();
}

std::string Serve::object(const std::string& program) {
  static const Json kPrograms = Json::parse(tool::read_whole(TORPOR_INTEROP_PROGRAMS));
  const std::string name = "object-" + std::to_string(objects_++);
  http("PUT", "/torpor/1/objects/" + name + "/program", kPrograms.at(program).dump());
  return name;
}

Json Serve::log(const std::string& object) const {
  return Json::parse(http("GET", "/torpor/1/objects/" + object + "/log?from=0", "")).at("entries");
}

Json Serve::logged(const std::string& object, const std::string& event) const {
  for (;;) {
    for (const Json& entry : log(object)) {
      if (entry.value("event", "") == event) return entry;
    }
    std::this_thread::sleep_for(kPause);
  }
}

int Serve::exit_after(int signal) {
  command_.signal(signal);
  return command_.wait().exit;
}

std::string Client::open(const Serve& serve, const std::string& object) {
  stream_.next_layer().connect(endpoint(serve.port()));
  beast::websocket::response_type response;
  stream_.handshake(response, kHost, "/object/" + object + "/ws?client=a");
  return std::string(response[beast::http::field::sec_websocket_extensions]);
}

void Client::write(const std::string& octets, bool text) {
  stream_.text(text);
  stream_.write(boost::asio::buffer(octets));
}

Received Client::read() {
  beast::flat_buffer buffer;
  stream_.read(buffer);
  return {beast::buffers_to_string(buffer.data()), stream_.got_text()};
}

beast::error_code Client::read_to_the_end() {
  beast::error_code error;
  while (!error) {
    beast::flat_buffer buffer;
    stream_.read(buffer, error);
  }
  return error;
}

}  // namespace torpor::interop
