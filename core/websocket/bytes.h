// Octets as they travel. A std::string: cheap literals, no allocation up to 15 octets.
#pragma once

#include <string>

namespace torpor::websocket {

using Bytes = std::string;

}  // namespace torpor::websocket
