#include "sim/raw_server.h"

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/beast/http/string_body.hpp>

#include "core/websocket/extensions.h"
#include "core/websocket/handshake.h"

namespace torpor::sim {
namespace http = boost::beast::http;

struct RawServer::Parser {
  Parser() {
    parser.eager(true);
    parser.header_limit(kHeadOctetsMax);
  }
  http::request_parser<http::string_body> parser;
};

RawServer::RawServer(Chooser& chooser, std::uint64_t entity)
    : RawPeer(chooser, entity, websocket::Role::kServer) {}
RawServer::~RawServer() = default;

std::string RawServer::answer(const Answer& answer) {
  asked_ = false;
  const std::string phrase(http::obsolete_reason(static_cast<http::status>(answer.status)));
  const std::string line = "HTTP/1.1 " + std::to_string(answer.status) + " " + phrase + "\r\n";
  if (answer.status != 101) {
    return make_head(line, {{"Content-Length", std::to_string(answer.body.size())}},
                     answer.headers) +
           answer.body;
  }
  std::optional<websocket::DeflateParameters> deflate;
  for (const auto& [name, value] : answer.headers) {
    if (value && same_name(name, "Sec-WebSocket-Extensions"))
      deflate = websocket::parse_response(*value);
  }
  start(deflate);
  return make_head(line,
                   {{"Upgrade", "websocket"},
                    {"Connection", "Upgrade"},
                    {"Sec-WebSocket-Accept", websocket::accept_key(key_)}},
                   answer.headers) +
         answer.body;
}

std::vector<Seen> RawServer::read_http(std::string& buffer) {
  std::vector<Seen> seen;
  while (!asked_ && !buffer.empty()) {
    if (!parser_) parser_ = std::make_unique<Parser>();
    boost::beast::error_code error;
    const std::size_t used = parser_->parser.put(boost::asio::buffer(buffer), error);
    buffer.erase(0, used);
    if (error == http::error::need_more) return seen;
    if (error) {
      seen.push_back({.kind = Seen::Kind::kMalformed,
                      .octets = std::exchange(buffer, {}),
                      .reason = "not a request: " + error.message()});
      return seen;
    }
    if (parser_->parser.is_done()) seen.push_back(finish_request());
  }
  return seen;
}

Seen RawServer::finish_request() {
  const auto message = parser_->parser.release();
  parser_.reset();
  asked_ = true;
  Seen seen{.kind = Seen::Kind::kRequest};
  seen.method = std::string(message.method_string());
  seen.target = std::string(message.target());
  for (const auto& field : message) {
    seen.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
  }
  seen.body = message.body();
  key_ = std::string(message[http::field::sec_websocket_key]);
  return seen;
}

}  // namespace torpor::sim
