#include "reference-server/samples/samples.h"

#include <array>

namespace torpor::server::samples {
namespace {

constexpr std::array kSamples = {
    Sample{"hibernation-echo",
           "echoes each message with the number of connections (Hibernation API)",
           make_hibernation_echo},
    Sample{"counter", "tells the number of connections (standard API)", make_counter},
    Sample{"attachment", "greets with what was attached at the upgrade (?orderId=...)",
           make_attachment},
    Sample{"batch", "passes on what players do, many logical messages in one envelope", make_batch},
    Sample{"chat-room",
           "a room for named users, with history and rate limit (/room/NAME/websocket)",
           make_chat_room},
};

}  // namespace

std::span<const Sample> all_samples() {
  return kSamples;
}

}  // namespace torpor::server::samples
