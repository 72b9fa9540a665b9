#include "reference-server/http_message.h"

#include <boost/algorithm/string/trim.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/beast/http/string_body.hpp>
#include <sstream>
#include <utility>

#include "core/mutants.h"

namespace torpor::server {

using mutants::Mutant;
using mutants::planted;

namespace http = boost::beast::http;
namespace {

constexpr std::uint64_t kBodyOctetsMax = 64u << 20;

// Without a Host header no worker is chosen; the connection stays usable.
constexpr std::string_view kNoHost =
    "HTTP/1.1 400 Bad Request\r\nContent-Length: 11\r\n\r\nBad Request";

// As workerd has it, in words and in the order of its headers.
std::string not_http(const boost::beast::error_code& error) {
  const bool method = error == http::error::bad_method, version = error == http::error::bad_version;
  const bool field = error == http::error::bad_field || error == http::error::bad_value;
  const std::string text = method    ? "invalid HTTP method parsed"
                           : version ? "invalid HTTP version parsed"
                           : field   ? "invalid HTTP header parsed"
                                     : "invalid HTTP request: " + error.message();
  return "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n"
         "Content-Length: " +
         std::to_string(text.size()) + "\r\n\r\n" + text;
}

}  // namespace

struct HttpReader::Parser {
  Parser() {
    parser.eager(true);
    parser.body_limit(kBodyOctetsMax);
    parser.header_limit(kHeaderOctetsMax);
  }
  http::request_parser<http::string_body> parser;
};

HttpReader::HttpReader() = default;
HttpReader::~HttpReader() = default;

std::string HttpReader::take_rest() {
  return std::exchange(buffer_, {});
}

std::optional<std::variant<HttpRequest, HttpFailure>> HttpReader::next() {
  if (!parser_) parser_ = std::make_unique<Parser>();
  while (!parser_->parser.is_done()) {
    if (buffer_.empty()) return std::nullopt;
    boost::beast::error_code error;
    const std::size_t used = parser_->parser.put(boost::asio::buffer(buffer_), error);
    buffer_.erase(0, used);
    // A head that is complete and lacks something has a version too short to be one.
    if (error == http::error::need_more && !parser_->parser.is_header_done() &&
        buffer_.find("\r\n\r\n") != std::string::npos)
      error = http::error::bad_version;
    if (error == http::error::need_more) return std::nullopt;
    if (error && planted(Mutant::kNoHttpUntold)) return std::nullopt;
    if (error) return HttpFailure{not_http(error), false};
  }
  return finish();
}

std::variant<HttpRequest, HttpFailure> HttpReader::finish() {
  http::request<http::string_body> message = parser_->parser.release();
  parser_.reset();
  if (message.method() == http::verb::unknown)
    return HttpFailure{runtime_error(1, 501, "Content-Type: text/plain\r\n",
                                     "ERROR: Unrecognized request method."),
                       false};
  HttpRequest result;
  result.minor_version = message.version() % 10;
  result.keep_alive = message.keep_alive();
  result.request.method = std::string(message.method_string());
  result.request.target = std::string(message.target());
  for (const auto& field : message) {
    result.request.headers.emplace_back(std::string(field.name_string()),
                                        std::string(field.value()));
  }
  result.request.body = std::move(message.body());
  if (!object::header(result.request.headers, "Host") && !planted(Mutant::kHostNotAsked))
    return HttpFailure{std::string(kNoHost), result.keep_alive};
  return result;
}

std::string_view reason_phrase(int status) {
  const auto phrase = http::obsolete_reason(static_cast<http::status>(status));
  return {phrase.data(), phrase.size()};
}

std::string serialize(const object::Response& response, const HttpRequest& to) {
  const int status = response.status();
  const bool no_body = status == 204 || status == 304;
  const bool head = to.request.method == "HEAD";
  std::string out =
      "HTTP/1." + std::to_string(to.minor_version) + " " + std::to_string(status) + " ";
  out +=
      response.status_text().empty() ? std::string(reason_phrase(status)) : response.status_text();
  out += "\r\n";
  if (!no_body && !head)
    out += "Content-Length: " + std::to_string(response.body().size()) + "\r\n";
  for (const auto& [name, value] : response.headers()) out += name + ": " + value + "\r\n";
  if (!to.keep_alive && to.minor_version >= 1) out += "Connection: close\r\n";
  out += "\r\n";
  if (!no_body && !head) out += response.body();
  return out;
}

std::string runtime_error(int minor_version, int status, std::string_view extra_headers,
                          std::string_view body) {
  std::string out = "HTTP/1." + std::to_string(minor_version) + " " + std::to_string(status) + " ";
  out += std::string(reason_phrase(status)) + "\r\nConnection: close\r\n";
  out += "Content-Length: " + std::to_string(body.size()) + "\r\n" + std::string(extra_headers) +
         "\r\n";
  return out + std::string(body);
}

bool has_member(const object::Headers& headers, const std::string& name,
                const std::string& member) {
  for (const auto& field : headers) {
    if (!object::header({field}, name)) continue;
    std::istringstream list(field.second);
    for (std::string item; std::getline(list, item, ',');) {
      if (object::equal_ignoring_case(boost::algorithm::trim_copy(item), member)) return true;
    }
  }
  return false;
}

}  // namespace torpor::server
