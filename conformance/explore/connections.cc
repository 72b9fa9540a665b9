#include "conformance/explore/connections.h"

#include <cstddef>
#include <utility>

#include "conformance/explore/outgoing_ops.h"
#include "conformance/explore/socket_ops.h"

namespace torpor::explore {
namespace {

constexpr std::size_t kClientsMax = 6;

}  // namespace

Json Connections::next(Draw& draw) {
  if (clients_.size() >= kClientsMax) return Json::array();
  if (!sequential_ && !dials_ && draw.percent(4)) return dial(draw);
  ClientState client{next_name(), draw.percent(15)};
  Json step = {{"do", "connect"}, {"client", client.name}};
  if (client.standard) step["segment"] = "std";
  if (draw.percent(25)) step["segment"] = client.standard ? kApartStandardSegment : kApartSegment;
  if (draw.percent(5)) odd(draw, client, step);
  if (!client.standard && !client.over && draw.percent(4)) step["segment"] = kPassedSegment;
  if (draw.percent(25)) step["extensions"] = "permessage-deflate";
  if (!sequential_ && draw.percent(10)) step["async"] = true;
  client.deflate = step.contains("extensions");
  client.knows = !step.contains("async");
  clients_.push_back(std::move(client));
  return Json::array({std::move(step)});
}

// The remote is a peer as any other once the object's socket has opened.
Json Connections::dial(Draw& draw) {
  dials_ = true;
  ClientState asking{next_name()};
  asking.over = true;
  Dialing dialing = explore::dial(draw, asking.name);
  clients_.push_back(std::move(asking));
  ClientState remote{kRemote, true};
  remote.over = !dialing.opens;
  clients_.push_back(std::move(remote));
  return std::move(dialing.steps);
}

// What comes of it is no connection that stays.
void Connections::odd(Draw& draw, ClientState& client, Json& step) {
  client.over = true;
  client.standard = false;
  switch (draw.weighted({14, 4, 2, sequential_ ? 0U : 1U})) {
    case 0:
      step["segment"] = kOddSegment;
      break;
    case 1:
      step["segment"] = kKeptSegment;
      break;
    case 2:
      step["segment"] = kClosedSegment;
      break;
    default:
      step["segment"] = kHeldSegment;
      step["async"] = true;
      return;
  }
  if (has_pair_ || draw.percent(50)) return;
  has_pair_ = true;
  client.standard = true;  // it holds the object
  step["segment"] = kPairSegment;
}

}  // namespace torpor::explore
