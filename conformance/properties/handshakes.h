// What a client's handshake was answered with, and what the object asked a remote for.
#pragma once

#include "conformance/properties/finding.h"
#include "conformance/properties/follower.h"
#include "conformance/properties/history.h"

namespace torpor::properties {

void check_handshakes(const History& history, const Followed& followed, Findings& findings);

}  // namespace torpor::properties
