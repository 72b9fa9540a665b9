#include "conformance/properties/handshakes.h"

#include <optional>
#include <string>

#include "core/websocket/handshake.h"

namespace torpor::properties {
namespace {

// A request's header as the client wrote it.
std::optional<std::string> sent_header(const Client& client, const std::string& name) {
  const std::string begin = "\r\n" + name + ": ";
  const std::size_t at = client.sent.find(begin);
  if (at == std::string::npos) return std::nullopt;
  const std::size_t from = at + begin.size();
  return client.sent.substr(from, client.sent.find("\r\n", from) - from);
}

class HandshakeCheck {
 public:
  HandshakeCheck(const History& history, const Client& client, bool by_fetch, Findings& findings)
      : by_fetch_(by_fetch),
        date_(history.scenario_case.configuration.compatibility_date),
        client_(client),
        findings_(findings) {}

  void run() {
    if (client_.is_remote) return asked();
    expect("Connection", "Upgrade", "UPG-06");
    expect("Upgrade", "websocket", "UPG-06");
    if (const auto key = sent_header(client_, "Sec-WebSocket-Key"))
      expect("Sec-WebSocket-Accept", websocket::accept_key(*key), "UPG-06");
    const auto offer = sent_header(client_, "Sec-WebSocket-Extensions");
    const bool accepted = offer == "permessage-deflate" && date_ >= "2023-08-15";
    if (!offer || offer == "permessage-deflate")
      expect("Sec-WebSocket-Extensions",
             accepted ? offer : std::optional<std::string>(std::nullopt), "EXT-01");
  }

 private:
  // What the object's own socket asked for.
  void asked() {
    expect("Connection", "Upgrade", "OUT-03");
    expect("Upgrade", "websocket", "OUT-03");
    expect("Sec-WebSocket-Version", "13", "OUT-03");
    const bool offers = !by_fetch_ && date_ >= "2023-08-15";
    expect("Sec-WebSocket-Extensions",
           offers ? std::optional<std::string>("permessage-deflate") : std::nullopt, "OUT-13");
  }

  void expect(const std::string& name, const std::optional<std::string>& value,
              const std::string& statement) {
    findings_.exercised.insert(statement);
    const auto got = client_.header(name);
    if (got == value) return;
    findings_.found.push_back(
        {.property = "clients/handshake",
         .statements = {statement},
         .message = "a handshake has another header " + name + " than it must",
         .expected = value ? Json(*value) : Json(),
         .got = got ? Json(*got) : Json(),
         .lane = client_.name,
         .event = {}});
  }

  bool by_fetch_;
  const std::string& date_;
  const Client& client_;
  Findings& findings_;
};

}  // namespace

void check_handshakes(const History& history, const Followed& followed, Findings& findings) {
  for (const auto& [name, client] : history.clients) {
    if (client.connects != 1 || client.headers.is_null()) continue;
    const auto socket = followed.sockets.find(name);
    const bool known = socket != followed.sockets.end() && socket->second.dial;
    if (client.is_remote && !known) continue;
    HandshakeCheck(history, client, known && socket->second.dial->by_fetch, findings).run();
  }
}

}  // namespace torpor::properties
