// A client's octets, before and after the upgrade, against the whole reference server with both
// APIs: whatever they were, nothing crashes, and a client that comes later is served.
#include <string>
#include <vector>

#include "core/compat/flags.h"
#include "core/compat/parameters.h"
#include "core/websocket/writer.h"
#include "reference-server/fixture/fixture_app.h"
#include "reference-server/loopback.h"
#include "tools/fuzz/input.h"

namespace torpor::fuzz {
namespace {

using server::Loopback;

constexpr std::string_view kDate = "2026-11-01";
constexpr std::uint32_t kMask = 0x01020304;

server::ServerOptions options_with(compat::Profile profile) {
  server::ServerOptions options;
  options.parameters = compat::parameters_of(profile);
  options.flags = std::get<compat::Flags>(compat::resolve_flags(kDate, {}));
  options.app = server::fixture::make_fixture_app({std::string(kDate)});
  return options;
}

Json program(const char* api) {
  const Json echo = Json::parse(R"([{"op": "send", "data": {"$": "event", "field": "message"}}])");
  return {
      {"fetch", {{{"op", "upgrade"}, {"api", api}}}}, {"message", echo}, {"close", Json::array()}};
}

void require_echo(Loopback& net, const std::string& object) {
  Loopback::Client& client = net.connect(object, "after");
  net.send(client, websocket::Writer({}).text("still there", kMask));
  const auto frames = net.frames(client);
  require(frames == std::vector<websocket::Event>{websocket::TextMessage{"still there"}},
          "a client that comes later is served");
}

}  // namespace

void run_one(Input input) {
  static constexpr compat::Profile kProfiles[] = {
      compat::Profile::kParity, compat::Profile::kDocumented, compat::Profile::kRfc6455};
  Loopback net(options_with(kProfiles[input.octet() % 3]));
  net.load("h", program("hibernation"));
  net.load("s", program("standard"));
  const std::uint8_t how = input.octet();
  const std::string object = how % 2 == 0 ? "h" : "s";
  const char* compression = how % 4 < 2 ? "" : "Sec-WebSocket-Extensions: permessage-deflate\r\n";
  Loopback::Client& client = how % 8 < 4 ? net.connect(object, "a", compression) : net.open();
  const std::size_t piece = 1 + input.octet();
  while (!input.empty() && !client.ended) {
    net.send(client, input.take(piece));
    if (how >= 128)
      net.advance(std::chrono::seconds(11));  // long enough to hibernate between pieces
  }
  net.advance(std::chrono::minutes(2));
  require_echo(net, "h");
  require_echo(net, "s");
}

}  // namespace torpor::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  torpor::fuzz::run_one({data, size});
  return 0;
}
