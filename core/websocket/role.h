// Which end of a connection: it decides who masks and whose compression parameters apply, nothing
// else.
#pragma once

#include <cstdint>

namespace torpor::websocket {

enum class Role : std::uint8_t { kClient, kServer };

constexpr Role other(Role role) {
  return role == Role::kClient ? Role::kServer : Role::kClient;
}

}  // namespace torpor::websocket
