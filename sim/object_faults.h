// What befalls the objects of a run from outside: at any moment, between two events of the server.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/time.h"

namespace torpor::sim {

enum class ObjectFaultKind : std::uint8_t {
  kEvict,   // every object that nothing holds leaves memory as if it had been idle
  kDeploy,  // a code update: every object restarts, every socket is dropped (DEPLOY-01)
  kCrash,   // the process dies, and is there again: what was not durable is gone
};
inline constexpr std::array kObjectFaultKinds = {ObjectFaultKind::kEvict, ObjectFaultKind::kDeploy,
                                                 ObjectFaultKind::kCrash};

constexpr std::string_view name_of(ObjectFaultKind kind) {
  constexpr std::array<std::string_view, 3> kNames = {"evict", "deploy", "crash"};
  return kNames[static_cast<std::size_t>(kind)];
}

// Of a million events of the server, so many are followed by it.
struct ObjectFaults {
  std::array<std::uint32_t, kObjectFaultKinds.size()> per_million{};

  std::uint32_t& operator[](ObjectFaultKind kind) {
    return per_million[static_cast<std::size_t>(kind)];
  }
  std::uint32_t operator[](ObjectFaultKind kind) const {
    return per_million[static_cast<std::size_t>(kind)];
  }
  bool any() const { return per_million != decltype(per_million){}; }
};

struct ObjectFault {
  Time at;
  ObjectFaultKind kind;
};

}  // namespace torpor::sim
