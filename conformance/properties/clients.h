// What each client must have seen, given what the object did.
#pragma once

#include "conformance/properties/finding.h"
#include "conformance/properties/follower.h"
#include "conformance/properties/history.h"

namespace torpor::properties {

void check_clients(const History& history, const Followed& followed, Findings& findings);

}  // namespace torpor::properties
