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
    Sample{"batch", "answers every logical message of a batch envelope", make_batch},
};

}  // namespace

std::span<const Sample> all_samples() {
  return kSamples;
}

}  // namespace torpor::server::samples
