#include "conformance/explore/outgoing_ops.h"

#include <string>
#include <utility>

namespace torpor::explore {
namespace {

Json get(Draw& draw) {
  return {{"op", "get"}, {"property", draw.one_of<const char*>({"url", "protocol", "extensions"})}};
}

// What the object does while it waits for the remote.
Json while_connecting(Draw& draw) {
  switch (draw.weighted({3, 3, 2, 1, 1})) {
    case 0:
      return {{"op", "readyState"}};
    case 1:
      return {{"op", "send"}, {"data", "too early"}};
    case 2:
      return get(draw);
    case 3:
      return {{"op", "close"}, {"args", Json::array({4000, "no more"})}};
    default:
      return {{"op", "acceptWebSocket"}};
  }
}

Json dialing(Draw& draw) {
  Json ops = Json::array();
  if (draw.percent(60)) ops.push_back({{"op", "kvPut"}, {"key", "k3"}, {"value", "dialed"}});
  const char* path = draw.one_of<const char*>({"/", "/room?x=1"});
  if (draw.percent(70)) {
    ops.push_back({{"op", "newWebSocket"}, {"remote", kRemote}, {"path", path}});
    for (std::uint64_t left = draw.below(4); left > 0; --left)
      ops.push_back(while_connecting(draw));
    return ops;
  }
  ops.push_back({{"op", "fetchWebSocket"}, {"remote", kRemote}, {"path", path}});
  if (draw.percent(30)) ops.push_back({{"op", "send"}, {"data", "too early"}});
  if (draw.percent(20)) ops.push_back({{"op", "acceptWebSocket"}});
  if (draw.percent(40)) {
    // What the remote says meanwhile waits (MSG-15).
    ops.push_back({{"op", "sleep"}, {"ms", draw.between(1, 300)}});
    ops.push_back({{"op", "log"}, {"value", "~dialed"}});
  }
  ops.push_back({{"op", "accept"}});
  if (draw.percent(50)) ops.push_back(get(draw));
  if (draw.percent(50)) ops.push_back({{"op", "send"}, {"data", "fetched"}});
  return ops;
}

// A 101 whose socket opens, or not.
Json headers(Draw& draw, bool& opens) {
  switch (draw.weighted({6, 3, 2, 2, 1})) {
    case 0:
      return Json::object();
    case 1:
      return {{"Sec-WebSocket-Protocol", "chosen"}};
    case 2:
      opens = false;
      return {{"Sec-WebSocket-Extensions", "x-other"}};
    case 3:
      opens = false;
      return {{"Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="}};
    default:
      opens = false;
      return {{"Upgrade", nullptr}};
  }
}

}  // namespace

void add_outgoing(Draw draw, Json& program) {
  program["fetch"][kDialSegment] = dialing(draw);
  Json ops = Json::array();
  for (std::uint64_t left = draw.below(3); left > 0; --left) ops.push_back(get(draw));
  if (draw.percent(60)) ops.push_back({{"op", "send"}, {"data", "opened"}});
  program["open"] = std::move(ops);
}

Dialing dial(Draw& draw, const std::string& client) {
  Dialing dialing;
  const bool refuses = draw.percent(12);
  if (refuses) dialing.steps.push_back({{"do", "refuse"}, {"client", kRemote}});
  dialing.steps.push_back(
      {{"do", "request"}, {"client", client}, {"segment", kDialSegment}, {"async", true}});
  if (draw.percent(25)) dialing.steps.push_back({{"do", "hibernate"}});
  if (refuses || draw.percent(10)) return dialing;
  dialing.opens = true;
  Json answer = {{"do", "answer"}, {"client", kRemote}};
  if (draw.percent(15)) {
    dialing.opens = false;
    answer["status"] = draw.one_of<int>({200, 403});
  } else {
    answer["headers"] = headers(draw, dialing.opens);
  }
  dialing.steps.push_back(std::move(answer));
  return dialing;
}

}  // namespace torpor::explore
