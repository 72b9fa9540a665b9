// The tagged values (core/value/README.md) that stand for a text or for octets.
#pragma once

#include <optional>

#include "conformance/scenario/payload.h"
#include "core/json.h"

namespace torpor::scenario {

// A string, or {"$":"repeat","text":"a","count":9}.
std::optional<Payload> tagged_text(const Json& json);

// {"$":"arraybuffer","hex":"00ff"} or {"$":"arraybuffer","length":9,"byte":97}, or
// {"byte":"61","count":9} as traces write octets.
std::optional<Payload> tagged_octets(const Json& json);

}  // namespace torpor::scenario
